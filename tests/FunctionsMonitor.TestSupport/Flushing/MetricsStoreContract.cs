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
        var (third, fourth) = (s.Next(s.Event()), s.Next(s.Event()));
        await FlushAsync(db, Cutoff.AddDays(1), third);
        await FlushAsync(db, null, fourth);

        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);

        var record = await ReadAsync(db);
        Assert.Equal((s.Incarnation, 2L, 5L, 0L), (record.Incarnation, record.FoldedThrough, record.FoldedAccepted, record.FoldedUnacknowledged));
        Assert.Equal(new SegmentCounts(2, 1, 1, 1), record.Folded);
        Assert.Equal([new SegmentRun(3, 4)], record.Runs);
        Assert.Equal((7L, 0L, new SegmentCounts(2, 0, 0, 0)), (record.Accepted, record.Unacknowledged, record.Flushed));

        // Marking again keeps the first time, so the third still waits; then both are added to what is there.
        await db.Store.MarkDeletedAsync([third.Header.Id, fourth.Header.Id], Old, MetricsStoreBench.Token);
        Assert.Equal(0, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows with { SegmentRows = Cutoff.AddDays(2) }, MetricsStoreBench.Token)).SegmentRows);
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
        Assert.Equal([new SegmentRun(3, 3)], record.Runs);
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

        var before = await ReadAsync(db);
        Assert.Equal([2], before.Abandoned);
        Assert.Equal((2L, 2L, new SegmentCounts(4, 0, 0, 0)), (before.Accepted, before.Unacknowledged, before.Flushed));
        Assert.Equal(3, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        var record = await ReadAsync(db);
        Assert.Equal(
            (3L, 2L, 2L, new SegmentCounts(4, 0, 0, 0)),
            (record.FoldedThrough, record.FoldedAccepted, record.FoldedUnacknowledged, record.Folded));
    }

    [Fact]
    public async Task A_young_row_is_not_folded_over_where_its_number_is_listed_as_abandoned()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        await FlushAsync(db, Old, s.Next(s.Event()));
        await FlushAsync(db, Cutoff.AddDays(1), s.Next([s.Event(), s.Event()], [], [], acknowledged: false), s.Next([s.Event()], [2], []));

        Assert.Equal(1, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        Assert.Equal(1, (await ReadAsync(db)).FoldedThrough);
        Assert.Equal(2, (await db.Store.ApplyRetentionAsync(Rows with { SegmentRows = Cutoff.AddDays(2) }, MetricsStoreBench.Token)).SegmentRows);
        Assert.Equal(new SegmentCounts(4, 0, 0, 0), (await ReadAsync(db)).Folded);
    }

    [Fact]
    public async Task A_copy_of_a_folded_segment_is_stored_as_duplicates_and_leaves_the_sums_alone()
    {
        await using var db = await CreateAsync();
        var segment = db.Segments.Next(db.Segments.Event());
        await FlushAsync(db, Old, segment);
        await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token);
        await FlushAsync(db, Old, segment);

        // Its number is in the folded sums already, and what it says of itself must not be counted a second time.
        var copied = await ReadAsync(db);
        Assert.Equal([new SegmentRun(1, 1)], copied.Runs);
        Assert.Equal((0L, 0L, new SegmentCounts(0, 1, 0, 0)), (copied.Accepted, copied.Unacknowledged, copied.Flushed));
        Assert.Equal(1, (await db.Store.ApplyRetentionAsync(Rows, MetricsStoreBench.Token)).SegmentRows);
        var record = await ReadAsync(db);
        Assert.Equal((1L, 1L, new SegmentCounts(1, 0, 0, 0)), (record.FoldedThrough, record.FoldedAccepted, record.Folded));
        Assert.Empty(record.Runs);
        Assert.Equal(0, record.Flushed.Total);
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
        Assert.Equal((1L, 0), (ledger[db.Segments.Incarnation].FoldedAccepted, ledger[db.Segments.Incarnation].Runs.Count));
        Assert.Equal((2L, 1), (ledger[other.Incarnation].FoldedAccepted, ledger[other.Incarnation].Runs.Count));
    }

    [Fact]
    public async Task The_books_are_as_long_as_there_are_gaps_however_many_segments_there_are()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var other = new TestSegments(MetricsStoreBench.Now);
        await db.WriteAsync([.. Enumerable.Range(0, 40).Select(_ => s.Next(s.Event()))]);
        s.Number = 50;
        await db.WriteAsync([.. Enumerable.Range(0, 40).Select(_ => s.Next(s.Event()))]);
        s.Number = 60;
        await db.WriteAsync(s.Next(s.Event()));
        await db.WriteAsync(other.Next(other.Event()));

        var ledger = (await db.Queries.ReadLedgerAsync(MetricsStoreBench.Token)).ToDictionary(record => record.Incarnation);
        Assert.Equal([new(1, 40), new SegmentRun(51, 90)], ledger[s.Incarnation].Runs);
        Assert.Equal((81L, new SegmentCounts(81, 0, 0, 0)), (ledger[s.Incarnation].Accepted, ledger[s.Incarnation].Flushed));
        Assert.Equal([new SegmentRun(1, 1)], ledger[other.Incarnation].Runs);
        Assert.Equal((1L, new SegmentCounts(1, 0, 0, 0)), (ledger[other.Incarnation].Accepted, ledger[other.Incarnation].Flushed));
    }

    [Fact]
    public async Task A_number_that_only_a_waiting_segment_lists_as_abandoned_is_taken_as_such_in_its_incarnation_alone()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var other = new TestSegments(MetricsStoreBench.Now);
        await db.WriteAsync(s.Next(s.Event()), s.Next([s.Event(), s.Event()], [], [], acknowledged: false));
        await db.WriteAsync(other.Next(other.Event()), other.Next(other.Event(), other.Event()));

        var ledger = (await db.Queries.ReadLedgerAsync([new(s.Incarnation, 2), new(s.Incarnation, 9)], MetricsStoreBench.Token))
            .ToDictionary(record => record.Incarnation);
        Assert.Equal((1L, 2L), (ledger[s.Incarnation].Accepted, ledger[s.Incarnation].Unacknowledged));
        Assert.Equal((3L, 0L), (ledger[other.Incarnation].Accepted, ledger[other.Incarnation].Unacknowledged));
        Assert.Empty(ledger[s.Incarnation].Abandoned);
    }

    [Fact]
    public async Task The_sums_of_a_row_must_be_its_count()
    {
        await using var db = await CreateAsync();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        await Assert.ThrowsAnyAsync<Exception>(() => db.RunAsync("UPDATE flushed_segments SET duplicates = 1"));
    }
}
