using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteRetentionTests
{
    private static readonly DateTimeOffset Old = TestDatabase.Now.AddDays(-8);
    private static readonly DateTimeOffset Cutoff = TestDatabase.Now.AddDays(-7);
    private static readonly RetentionCutoffs Rows = new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Cutoff, DateTimeOffset.UnixEpoch);

    private static async Task FlushAsync(TestDatabase db, DateTimeOffset? deletedAt, params DecodedSegment[] segments)
    {
        await db.WriteAsync(segments);
        if (deletedAt is { } at)
            await db.Store.MarkDeletedAsync([.. segments.Select(segment => segment.Header.Id)], at, TestDatabase.Token);
    }

    private static async Task<IncarnationRecord> ReadAsync(TestDatabase db) => Assert.Single(await db.Queries.ReadLedgerAsync(TestDatabase.Token));

    [Fact]
    public async Task Events_rollups_dead_letters_and_flushes_go_when_their_time_is_over()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        var (old, young) = (s.Event(offset: TimeSpan.FromDays(-2)), s.Event());
        await db.WriteAsync(TestDatabase.Batch(s.Next(old, old with { Data = null })) with { FlushedAt = TestDatabase.Now.AddDays(-2) });
        await db.WriteAsync(s.Next(young, young with { Data = null }));
        foreach (var at in new[] { TestDatabase.Now.AddDays(-2), TestDatabase.Now })
            await db.Store.RecordFlushAsync(
                new()
                {
                    FlushId = Guid.NewGuid(),
                    Trigger = "timer",
                    StartedAt = at,
                    Duration = default,
                    Instance = "host",
                    Outcome = FlushOutcome.Completed,
                },
                TestDatabase.Token);
        Assert.Equal(2, await db.Store.CountDeadLettersAsync(TestDatabase.Token));

        var before = TestDatabase.Now.AddDays(-1);
        var report = await db.Store.ApplyRetentionAsync(new(before, before, before, before), TestDatabase.Token);

        Assert.Equal(new RetentionReport(1, 1, 0, 1), report);
        Assert.Equal(young.Id, Assert.Single(await db.Queries.ListEventsAsync(new() { Limit = 9 }, TestDatabase.Token)).Key.Id);
        Assert.Equal(1, (await db.RollupAsync()).Total);
        Assert.Equal(1, await db.Store.CountDeadLettersAsync(TestDatabase.Token));
        Assert.Single(await db.Queries.ListFlushesAsync(9, TestDatabase.Token));
        Assert.Equal(new RetentionReport(0, 0, 0, 0), await db.Store.ApplyRetentionAsync(new(before, before, before, before), TestDatabase.Token));
    }

    [Fact]
    public async Task More_old_events_than_one_transaction_takes_all_go()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        await db.WriteAsync(s.Next([.. Enumerable.Range(0, 45_000).Select(_ => s.Event(offset: TimeSpan.FromDays(-2))), s.Event()]));
        var report = await db.Store.ApplyRetentionAsync(Rows with { Events = TestDatabase.Now.AddDays(-1) }, TestDatabase.Token);
        Assert.Equal((45_000L, 1L), (report.Events, db.Count("events")));
    }

    [Fact]
    public async Task An_unbroken_run_of_old_rows_becomes_sums()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        var item = s.Event();
        await FlushAsync(db, Old, s.Next(item, s.Event()), s.Next(item, item with { Data = null }, s.Event(offset: TimeSpan.FromDays(-31))));
        await FlushAsync(db, TestDatabase.Now, s.Next(s.Event()));
        await FlushAsync(db, null, s.Next(s.Event()));

        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token)).SegmentRows);

        var record = await ReadAsync(db);
        Assert.Equal((s.Incarnation, 2L, 5L, 0L), (record.Incarnation, record.FoldedThrough, record.FoldedAccepted, record.FoldedUnacknowledged));
        Assert.Equal(new SegmentCounts(2, 1, 1, 1), record.Folded);
        Assert.Equal([(3L, 6L), (4L, 7L)], record.Rows.Select(row => (row.Name.Number, row.Name.AcceptedThrough)));

        // Marking again keeps the first time, so the third still waits; then both are added to what is there.
        await db.Store.MarkDeletedAsync([.. record.Rows.Select(row => row.Name.Id)], Old, TestDatabase.Token);
        Assert.Equal(0, (await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token)).SegmentRows);
        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows with { SegmentRows = TestDatabase.Now.AddDays(1) }, TestDatabase.Token)).SegmentRows);
        record = await ReadAsync(db);
        Assert.Equal((4L, 7L, new SegmentCounts(4, 1, 1, 1)), (record.FoldedThrough, record.FoldedAccepted, record.Folded));
    }

    [Fact]
    public async Task A_gap_is_never_folded_over()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        await FlushAsync(db, Old, s.Next(s.Event()));
        s.Number = 2;
        await FlushAsync(db, Old, s.Next(s.Event()));

        Assert.Equal(1, (await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token)).SegmentRows);
        Assert.Equal(0, (await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token)).SegmentRows);

        var record = await ReadAsync(db);
        Assert.Equal((1L, 1L), (record.FoldedThrough, record.FoldedAccepted));
        Assert.Equal([3], record.Rows.Select(row => row.Name.Number));
    }

    [Fact]
    public async Task A_first_number_that_is_missing_folds_nothing()
    {
        using var db = new TestDatabase();
        db.Segments.Number = 1;
        await FlushAsync(db, Old, db.Segments.Next(db.Segments.Event()));
        Assert.Equal(0, (await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token)).SegmentRows);
        Assert.Equal(0, (await ReadAsync(db)).FoldedThrough);
    }

    [Fact]
    public async Task A_number_listed_as_abandoned_is_no_gap()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        await FlushAsync(db, Old, s.Next(s.Event()));
        s.Number = 3;
        await FlushAsync(db, Old, s.Next([s.Event()], [2, 3], []));

        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token)).SegmentRows);
        var record = await ReadAsync(db);
        Assert.Equal((4L, 2L, 0L), (record.FoldedThrough, record.FoldedAccepted, record.FoldedUnacknowledged));
    }

    [Fact]
    public async Task An_abandoned_segment_that_turned_up_is_counted_as_not_acknowledged()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        var first = s.Next(s.Event());
        var lost = s.Next([s.Event(), s.Event()], [], [], acknowledged: false);
        await FlushAsync(db, Old, first, lost, s.Next([s.Event()], [2], []));

        var row = (await ReadAsync(db)).Rows[2];
        Assert.Equal([2], row.Abandoned);
        Assert.Equal(3, (await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token)).SegmentRows);
        var record = await ReadAsync(db);
        Assert.Equal(
            (3L, 2L, 2L, new SegmentCounts(4, 0, 0, 0)),
            (record.FoldedThrough, record.FoldedAccepted, record.FoldedUnacknowledged, record.Folded));
    }

    [Fact]
    public async Task A_copy_of_a_folded_segment_is_stored_as_duplicates_and_leaves_the_sums_alone()
    {
        using var db = new TestDatabase();
        var segment = db.Segments.Next(db.Segments.Event());
        await FlushAsync(db, Old, segment);
        await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token);
        await FlushAsync(db, Old, segment);

        Assert.Equal(1, Assert.Single((await ReadAsync(db)).Rows).Counts.Duplicates);
        Assert.Equal(1, (await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token)).SegmentRows);
        var record = await ReadAsync(db);
        Assert.Equal((1L, 1L, new SegmentCounts(1, 0, 0, 0)), (record.FoldedThrough, record.FoldedAccepted, record.Folded));
        Assert.Empty(record.Rows);
    }

    [Fact]
    public async Task Incarnations_are_folded_apart()
    {
        using var db = new TestDatabase();
        var other = new Support.TestSegments(TestDatabase.Now);
        await FlushAsync(db, Old, db.Segments.Next(db.Segments.Event()), other.Next(other.Event(), other.Event()));
        await FlushAsync(db, null, other.Next(other.Event()));
        await db.Store.ApplyRetentionAsync(Rows, TestDatabase.Token);

        var ledger = (await db.Queries.ReadLedgerAsync(TestDatabase.Token)).ToDictionary(record => record.Incarnation);
        Assert.Equal((1L, 0), (ledger[db.Segments.Incarnation].FoldedAccepted, ledger[db.Segments.Incarnation].Rows.Count));
        Assert.Equal((2L, 1), (ledger[other.Incarnation].FoldedAccepted, ledger[other.Incarnation].Rows.Count));
    }

    [Fact]
    public async Task The_sums_of_a_row_must_be_its_count()
    {
        using var db = new TestDatabase();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        await Assert.ThrowsAnyAsync<Exception>(() => db.RunAsync("UPDATE flushed_segments SET duplicates = 1"));
    }
}
