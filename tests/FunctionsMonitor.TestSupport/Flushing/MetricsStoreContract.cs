using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>What <see cref="IMetricsStore"/> promises beside its write paths; every implementation has a class that derives from this one, and names it with
/// <see cref="ContractOfAttribute"/>.</summary>
public abstract class MetricsStoreContract
{
    private static readonly DateTimeOffset Old = MetricsStoreBench.Now.AddDays(-8);
    private static readonly DateTimeOffset Cutoff = MetricsStoreBench.Now.AddDays(-7);
    private static readonly RetentionCutoffs Rows = new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Cutoff, DateTimeOffset.UnixEpoch);

    protected abstract ValueTask<MetricsStoreBench> CreateAsync();

    [Fact]
    public async Task The_tests_are_about_the_implementation_that_they_say()
    {
        await using var db = await CreateAsync();
        Assert.IsType(ContractOfAttribute.Of(this), db.Store);
    }

    [Fact]
    public async Task Preparing_is_done_as_often_as_one_likes_and_by_several_at_once()
    {
        await using var db = await CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await db.Store.PrepareAsync(MetricsStoreBench.Token))));
        await db.Store.PrepareAsync(MetricsStoreBench.Token);
        await db.AssertEmptyAsync();
    }

    [Fact]
    public async Task What_is_flushed_is_found_and_stays_on_the_list_until_it_is_noted_as_deleted()
    {
        await using var db = await CreateAsync();
        var segments = Enumerable.Range(0, 3).Select(_ => db.Segments.Next(db.Segments.Event())).ToArray();
        await db.WriteAsync(segments);
        var ids = segments.Select(segment => segment.Header.Id).ToList();

        Assert.Equal(ids.ToHashSet(), await db.Store.FindFlushedAsync([.. ids, Guid.NewGuid()], MetricsStoreBench.Token));
        Assert.Empty(await db.Store.FindFlushedAsync([], MetricsStoreBench.Token));
        Assert.Equal(ids.Order(), (await db.Store.ListNotDeletedAsync(9, MetricsStoreBench.Token)).Order());
        Assert.Equal(2, (await db.Store.ListNotDeletedAsync(2, MetricsStoreBench.Token)).Count);
        await db.Store.MarkDeletedAsync([ids[1], Guid.NewGuid()], MetricsStoreBench.Now, MetricsStoreBench.Token);
        Assert.Equal(new[] { ids[0], ids[2] }.Order(), (await db.Store.ListNotDeletedAsync(9, MetricsStoreBench.Token)).Order());
    }

    private static async Task FlushAsync(MetricsStoreBench db, DateTimeOffset? deletedAt, params DecodedSegment[] segments)
    {
        await db.WriteAsync(segments);
        if (deletedAt is { } at)
            await db.Store.MarkDeletedAsync([.. segments.Select(segment => segment.Header.Id)], at, MetricsStoreBench.Token);
    }

    private static async Task<IncarnationRecord> ReadAsync(MetricsStoreBench db) => Assert.Single(await db.Queries.ReadLedgerAsync(MetricsStoreBench.Token));

    [Fact]
    public async Task Events_rollups_dead_letters_and_flushes_go_when_their_time_is_over()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var (old, young) = (s.Event(offset: TimeSpan.FromDays(-2)), s.Event());
        await db.WriteAsync(MetricsStoreBench.Batch(s.Next(old, old with { Data = null })) with { FlushedAt = MetricsStoreBench.Now.AddDays(-2) });
        await db.WriteAsync(s.Next(young, young with { Data = null }));
        foreach (var at in new[] { MetricsStoreBench.Now.AddDays(-2), MetricsStoreBench.Now })
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
                MetricsStoreBench.Token);
        Assert.Equal(2, await db.Store.CountDeadLettersAsync(MetricsStoreBench.Token));

        var before = MetricsStoreBench.Now.AddDays(-1);
        var report = await db.Store.ApplyRetentionAsync(new(before, before, before, before), MetricsStoreBench.Token);

        Assert.Equal(new RetentionReport(1, 1, 0, 1), report);
        Assert.Equal(young.Id, Assert.Single(await db.Queries.ListEventsAsync(new() { Limit = 9 }, MetricsStoreBench.Token)).Key.Id);
        Assert.Equal(1, (await db.RollupAsync()).Total);
        Assert.Equal(1, await db.Store.CountDeadLettersAsync(MetricsStoreBench.Token));
        Assert.Single(await db.Queries.ListFlushesAsync(9, MetricsStoreBench.Token));
        Assert.Equal(new RetentionReport(0, 0, 0, 0), await db.Store.ApplyRetentionAsync(new(before, before, before, before), MetricsStoreBench.Token));
    }

    [Fact]
    public async Task More_old_events_than_one_transaction_takes_all_go()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        await db.WriteAsync(s.Next([.. Enumerable.Range(0, 45_000).Select(_ => s.Event(offset: TimeSpan.FromDays(-2))), s.Event()]));
        var report = await db.Store.ApplyRetentionAsync(Rows with { Events = MetricsStoreBench.Now.AddDays(-1) }, MetricsStoreBench.Token);
        Assert.Equal((45_000L, 1L), (report.Events, await db.CountAsync("events")));
    }

    [Fact]
    public async Task An_unbroken_run_of_old_rows_becomes_sums()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var item = s.Event();
        await FlushAsync(db, Old, s.Next(item, s.Event()), s.Next(item, item with { Data = null }, s.Event(offset: TimeSpan.FromDays(-31))));
        await FlushAsync(db, MetricsStoreBench.Now, s.Next(s.Event()));
        await FlushAsync(db, null, s.Next(s.Event()));

        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);

        var record = await ReadAsync(db);
        Assert.Equal((s.Incarnation, 2L, 5L, 0L), (record.Incarnation, record.FoldedThrough, record.FoldedAccepted, record.FoldedUnacknowledged));
        Assert.Equal(new SegmentCounts(2, 1, 1, 1), record.Folded);
        Assert.Equal([(3L, 6L), (4L, 7L)], record.Rows.Select(row => (row.Name.Number, row.Name.AcceptedThrough)));

        // Marking again keeps the first time, so the third still waits; then both are added to what is there.
        await db.Store.MarkDeletedAsync([.. record.Rows.Select(row => row.Name.Id)], Old, MetricsStoreBench.Token);
        Assert.Equal(0, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows with { SegmentRows = MetricsStoreBench.Now.AddDays(1) }, MetricsStoreBench.Token)).SegmentRows);
        record = await ReadAsync(db);
        Assert.Equal((4L, 7L, new SegmentCounts(4, 1, 1, 1)), (record.FoldedThrough, record.FoldedAccepted, record.Folded));
    }

    [Fact]
    public async Task A_gap_is_never_folded_over()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        await FlushAsync(db, Old, s.Next(s.Event()));
        s.Number = 2;
        await FlushAsync(db, Old, s.Next(s.Event()));

        Assert.Equal(1, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        Assert.Equal(0, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);

        var record = await ReadAsync(db);
        Assert.Equal((1L, 1L), (record.FoldedThrough, record.FoldedAccepted));
        Assert.Equal([3], record.Rows.Select(row => row.Name.Number));
    }

    [Fact]
    public async Task A_first_number_that_is_missing_folds_nothing()
    {
        await using var db = await CreateAsync();
        db.Segments.Number = 1;
        await FlushAsync(db, Old, db.Segments.Next(db.Segments.Event()));
        Assert.Equal(0, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        Assert.Equal(0, (await ReadAsync(db)).FoldedThrough);
    }

    [Fact]
    public async Task A_number_listed_as_abandoned_is_no_gap()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        await FlushAsync(db, Old, s.Next(s.Event()));
        s.Number = 3;
        await FlushAsync(db, Old, s.Next([s.Event()], [2, 3], []));

        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        var record = await ReadAsync(db);
        Assert.Equal((4L, 2L, 0L), (record.FoldedThrough, record.FoldedAccepted, record.FoldedUnacknowledged));
    }

    [Fact]
    public async Task An_abandoned_segment_that_turned_up_is_counted_as_not_acknowledged()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var first = s.Next(s.Event());
        var lost = s.Next([s.Event(), s.Event()], [], [], acknowledged: false);
        await FlushAsync(db, Old, first, lost, s.Next([s.Event()], [2], []));

        var row = (await ReadAsync(db)).Rows[2];
        Assert.Equal([2], row.Abandoned);
        Assert.Equal(3, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        var record = await ReadAsync(db);
        Assert.Equal(
            (3L, 2L, 2L, new SegmentCounts(4, 0, 0, 0)),
            (record.FoldedThrough, record.FoldedAccepted, record.FoldedUnacknowledged, record.Folded));
    }

    [Fact]
    public async Task A_copy_of_a_folded_segment_is_stored_as_duplicates_and_leaves_the_sums_alone()
    {
        await using var db = await CreateAsync();
        var segment = db.Segments.Next(db.Segments.Event());
        await FlushAsync(db, Old, segment);
        await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token);
        await FlushAsync(db, Old, segment);

        Assert.Equal(1, Assert.Single((await ReadAsync(db)).Rows).Counts.Duplicates);
        Assert.Equal(1, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        var record = await ReadAsync(db);
        Assert.Equal((1L, 1L, new SegmentCounts(1, 0, 0, 0)), (record.FoldedThrough, record.FoldedAccepted, record.Folded));
        Assert.Empty(record.Rows);
    }

    [Fact]
    public async Task Incarnations_are_folded_apart()
    {
        await using var db = await CreateAsync();
        var other = new TestSegments(MetricsStoreBench.Now);
        await FlushAsync(db, Old, db.Segments.Next(db.Segments.Event()), other.Next(other.Event(), other.Event()));
        await FlushAsync(db, null, other.Next(other.Event()));
        await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token);

        var ledger = (await db.Queries.ReadLedgerAsync(MetricsStoreBench.Token)).ToDictionary(record => record.Incarnation);
        Assert.Equal((1L, 0), (ledger[db.Segments.Incarnation].FoldedAccepted, ledger[db.Segments.Incarnation].Rows.Count));
        Assert.Equal((2L, 1), (ledger[other.Incarnation].FoldedAccepted, ledger[other.Incarnation].Rows.Count));
    }

    [Fact]
    public async Task The_sums_of_a_row_must_be_its_count()
    {
        await using var db = await CreateAsync();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        await Assert.ThrowsAnyAsync<Exception>(() => db.RunAsync("UPDATE flushed_segments SET duplicates = 1"));
    }
}
