using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>What <see cref="IMetricsQueries"/> promises; every implementation has a class that derives from this one, and names it with
/// <see cref="ContractOfAttribute"/>.</summary>
public abstract class MetricsQueriesContract
{
    private static readonly long NowMicroseconds = EventTime.ToMicroseconds(MetricsStoreBench.Now);

    protected abstract ValueTask<MetricsStoreBench> CreateAsync();

    /// <summary>The page of a test, with or without each part of the filter.</summary>
    protected static EventQuery Query(bool type, bool source, bool from, bool to, bool after) => new()
    {
        Limit = 7,
        Type = type ? "t0" : null,
        Source = source ? "s1" : null,
        From = from ? NowMicroseconds - 20_000_000 : null,
        To = to ? NowMicroseconds - 5_000_000 : null,
        After = after ? new EventKey(NowMicroseconds - 9_000_000, new Guid("80000000-0000-0000-0000-000000000000")) : null,
    };

    [Fact]
    public async Task The_tests_are_about_the_implementation_that_they_say()
    {
        await using var db = await CreateAsync();
        Assert.IsType(ContractOfAttribute.Of(this), db.Queries);
    }

    [Theory]
    [MemberData(nameof(QueryCases.Filters), MemberType = typeof(QueryCases))]
    public async Task Pages_hold_every_event_that_fits_exactly_once_newest_first_also_with_ties(bool type, bool source, bool from, bool to, bool after)
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        // Five events in every second: ties in the timestamp, in no order.
        var events = Enumerable.Range(0, 200).Select(i => s.Event(type: $"t{i % 3}", source: $"s{i % 2}", offset: TimeSpan.FromSeconds(-(i / 5)))).ToList();
        await db.WriteAsync(s.Next([.. events]));
        var query = Query(type, source, from, to, after);
        var expected = events
            .Where(item => query.Type is null || MetricsStoreBench.Text(item.Type) == query.Type)
            .Where(item => query.Source is null || MetricsStoreBench.Text(item.Source) == query.Source)
            .Where(item => item.Timestamp >= (query.From ?? long.MinValue) && item.Timestamp < (query.To ?? long.MaxValue))
            .Select(item => new EventKey(item.Timestamp, item.Id))
            .Where(key => query.After is not { } bound || Order(key).CompareTo(Order(bound)) < 0)
            .OrderByDescending(Order)
            .ToList();

        var found = new List<EventKey>();
        while (await db.Queries.ListEventsAsync(query, MetricsStoreBench.Token) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, query.Limit);
            found.AddRange(page.Select(item => item.Key));
            query = query with { After = page[^1].Key };
        }

        Assert.Equal(expected, found);
        Assert.NotEmpty(found);
    }

    [Fact]
    public async Task Pages_go_on_from_one_day_to_the_next_over_days_without_events()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var events = new[] { 0, 1, 2, 9, 10 }.SelectMany(days => Enumerable.Range(0, 3).Select(_ => s.Event(offset: TimeSpan.FromDays(-days)))).ToArray();
        await db.WriteAsync(s.Next(events));

        var found = new List<EventKey>();
        while (await db.Queries.ListEventsAsync(new() { Limit = 2, After = found.Count == 0 ? null : found[^1] }, MetricsStoreBench.Token) is { Count: > 0 } page)
            found.AddRange(page.Select(item => item.Key));
        Assert.Equal(events.Select(item => new EventKey(item.Timestamp, item.Id)).OrderByDescending(Order), found);
    }

    [Fact]
    public async Task A_range_may_reach_beyond_the_calendar()
    {
        await using var db = await CreateAsync();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        Assert.Single(await db.Queries.ListEventsAsync(new() { From = long.MinValue, To = long.MaxValue, Limit = 9 }, MetricsStoreBench.Token));
        Assert.Single(await db.Queries.ListValidationAsync(new(long.MinValue, long.MaxValue, 0), MetricsStoreBench.Token));
    }

    [Fact]
    public async Task Rollups_merge_into_buckets()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var minute = EventTime.ToMinute(NowMicroseconds);
        await db.WriteAsync(s.Next([.. Enumerable.Range(0, 120).Select(i => s.Event(type: i % 2 == 0 ? "a" : "b", offset: TimeSpan.FromMinutes(-i)))]));

        async Task<List<(long, string, long)>> List(long from, int bucket) =>
            [.. (await db.Queries.ListValidationAsync(new(from, minute + 1, bucket), MetricsStoreBench.Token)).Select(r => (r.Bucket, r.EventType, r.Total))];

        Assert.Equal([(minute - 1, "b", 1), (minute, "a", 1)], await List(minute - 1, 1));
        Assert.Equal([(minute - 10, "a", 3), (minute - 10, "b", 2), (minute - 5, "a", 2), (minute - 5, "b", 3), (minute, "a", 1)], await List(minute - 10, 5));
        Assert.Equal([(minute - 60, "a", 30), (minute - 60, "b", 30), (minute, "a", 1)], await List(minute - 60, 60));
        Assert.Equal([(minute - 90, "a", 46), (minute - 90, "b", 45)], await List(minute - 90, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(60)]
    public async Task A_series_goes_on_over_hours_and_days_without_events_and_its_limit_keeps_the_first_rows(int bucket)
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var minute = EventTime.ToMinute(NowMicroseconds);
        int[] ages = [10, 11, 59, 60, 61, 299, 300, 301, 3_599, 3_600, 3_601, 20_010, 20_011];
        var events = ages.SelectMany(age => new[] { "b", "a", "B" }.Select(type => s.Event(type: type, offset: TimeSpan.FromMinutes(-age)))).ToArray();
        await db.WriteAsync(s.Next(events));

        // Neither the oldest nor the newest minute is in the range, which begins and ends in the midst of an hour.
        var query = new ValidationQuery(minute - 20_010, minute - 10, bucket);
        var expected = ages[1..^1]
            .GroupBy(age => (minute - age) / bucket * bucket)
            .OrderBy(of => of.Key)
            .SelectMany(of => new[] { "B", "a", "b" }.Select(type => (of.Key, type, (long)of.Count())))
            .ToList();
        async Task<List<(long, string, long)>> List(int limit) =>
            [.. (await db.Queries.ListValidationAsync(query with { Limit = limit }, MetricsStoreBench.Token)).Select(r => (r.Bucket, r.EventType, r.Total))];

        Assert.Equal(expected, await List(int.MaxValue));
        for (var limit = 1; limit <= expected.Count; limit++)
            Assert.Equal(expected[..limit], await List(limit));
    }

    [Fact]
    public async Task Types_are_ordered_by_their_bytes_and_no_two_are_the_same()
    {
        await using var db = await CreateAsync();
        string[] types = ["B", "a", "a-b", "ab", "aB", "a b", "Ä", "ä", "a\u0308", "_"];
        await db.WriteAsync(db.Segments.Next([.. types.Select(type => db.Segments.Event(type: type))]));
        var found = (await db.Queries.ListValidationAsync(new(0, long.MaxValue, 0), MetricsStoreBench.Token)).Select(rollup => rollup.EventType);
        Assert.Equal(types.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task Flushes_are_kept_whole_newest_first()
    {
        await using var db = await CreateAsync();
        var reports = Enumerable.Range(0, 3).Select(i => new FlushReport
        {
            FlushId = Guid.CreateVersion7(MetricsStoreBench.Now),
            Trigger = "timer",
            StartedAt = MetricsStoreBench.Now.AddMinutes(i),
            Duration = TimeSpan.FromMilliseconds(12.5),
            Instance = "host",
            Outcome = FlushOutcome.Partial,
            Path = "sqlite",
            Segments = 1,
            Events = 2,
            Stored = 3,
            Duplicates = 4,
            Dead = 5,
            Expired = 6,
            Retries = 7,
            Quarantined = 8,
            PassedOver = 9,
            Notes = ["a", "b"],
        }).ToList();
        await db.Store.PrepareAsync(MetricsStoreBench.Token);
        foreach (var report in reports)
            await db.Store.RecordFlushAsync(report, MetricsStoreBench.Token);
        await db.Store.RecordFlushAsync(reports[0], MetricsStoreBench.Token);

        var found = await db.Queries.ListFlushesAsync(2, MetricsStoreBench.Token);
        Assert.Equivalent(new[] { reports[2], reports[1] }, found, strict: true);
    }

    [Fact]
    public async Task Ping_answers_and_fails_when_the_tables_are_gone()
    {
        await using var db = await CreateAsync();
        await db.Store.PrepareAsync(MetricsStoreBench.Token);
        await db.Queries.PingAsync(MetricsStoreBench.Token);
        await db.RunAsync("DROP TABLE events");
        await db.RunAsync("DROP TABLE validation_metrics");
        await Assert.ThrowsAnyAsync<Exception>(() => db.Queries.PingAsync(MetricsStoreBench.Token).AsTask());
    }

    [Fact]
    public async Task A_read_that_was_cancelled_is_not_begun()
    {
        await using var db = await CreateAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await db.Queries.ListEventsAsync(new() { Limit = 1 }, new CancellationToken(canceled: true)));
    }

    // The order of the 16 big-endian bytes is that of the text.
    private static (long, string) Order(EventKey key) => (key.Timestamp, key.Id.ToString("N"));
}
