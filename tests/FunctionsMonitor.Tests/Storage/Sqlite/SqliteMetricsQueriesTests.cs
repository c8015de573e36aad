using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteMetricsQueriesTests
{
    private static readonly long NowMicroseconds = EventTime.ToMicroseconds(TestDatabase.Now);

    public static TheoryData<bool, bool, bool, bool, bool> Filters()
    {
        var data = new TheoryData<bool, bool, bool, bool, bool>();
        for (var bits = 0; bits < 32; bits++)
            data.Add((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0);
        return data;
    }

    private static EventQuery Query(bool type, bool source, bool from, bool to, bool after) => new()
    {
        Limit = 7,
        Type = type ? "t0" : null,
        Source = source ? "s1" : null,
        From = from ? NowMicroseconds - 20_000_000 : null,
        To = to ? NowMicroseconds - 5_000_000 : null,
        After = after ? new EventKey(NowMicroseconds - 9_000_000, new Guid("80000000-0000-0000-0000-000000000000")) : null,
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task No_filter_walks_over_the_whole_table_or_sorts(bool type, bool source, bool from, bool to, bool after)
    {
        using var db = new TestDatabase();
        await db.Store.PrepareAsync(TestDatabase.Token);
        using var connection = db.Connect();
        var query = Query(type, source, from, to, after);
        var plan = connection.Query(
            $"EXPLAIN QUERY PLAN {SqliteMetricsQueries.EventsSql(query)}", row => row.GetString(3),
            ("$type", query.Type), ("$source", query.Source), ("$from", query.From ?? long.MinValue), ("$to", query.To ?? long.MaxValue),
            ("$timestamp", query.After?.Timestamp), ("$id", query.After?.Id.ToKey()), ("$limit", query.Limit));

        var step = Assert.Single(plan);
        Assert.StartsWith("SEARCH events USING", step, StringComparison.Ordinal);
        // The page starts at its key, not at the newest event.
        Assert.Contains(after ? "(timestamp,event_id)<(?,?)" : "timestamp<?", step, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Pages_hold_every_event_that_fits_exactly_once_newest_first_also_with_ties(bool type, bool source, bool from, bool to, bool after)
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        // Five events in every second: ties in the timestamp, in no order.
        var events = Enumerable.Range(0, 200).Select(i => s.Event(type: $"t{i % 3}", source: $"s{i % 2}", offset: TimeSpan.FromSeconds(-(i / 5)))).ToList();
        await db.WriteAsync(s.Next([.. events]));
        var query = Query(type, source, from, to, after);
        var expected = events
            .Where(item => query.Type is null || TestDatabase.Text(item.Type) == query.Type)
            .Where(item => query.Source is null || TestDatabase.Text(item.Source) == query.Source)
            .Where(item => item.Timestamp >= (query.From ?? long.MinValue) && item.Timestamp < (query.To ?? long.MaxValue))
            .Select(item => new EventKey(item.Timestamp, item.Id))
            .Where(key => query.After is not { } bound || Order(key).CompareTo(Order(bound)) < 0)
            .OrderByDescending(Order)
            .ToList();

        var found = new List<EventKey>();
        while (await db.Queries.ListEventsAsync(query, TestDatabase.Token) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, query.Limit);
            found.AddRange(page.Select(item => item.Key));
            query = query with { After = page[^1].Key };
        }

        Assert.Equal(expected, found);
        Assert.NotEmpty(found);
    }

    // The order of the 16 big-endian bytes is that of the text.
    private static (long, string) Order(EventKey key) => (key.Timestamp, key.Id.ToString("N"));

    [Fact]
    public async Task Rollups_merge_into_buckets()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        var minute = EventTime.ToMinute(NowMicroseconds);
        await db.WriteAsync(s.Next([.. Enumerable.Range(0, 120).Select(i => s.Event(type: i % 2 == 0 ? "a" : "b", offset: TimeSpan.FromMinutes(-i)))]));

        async Task<List<(long, string, long)>> List(long from, int bucket) =>
            [.. (await db.Queries.ListValidationAsync(new(from, minute + 1, bucket), TestDatabase.Token)).Select(r => (r.Bucket, r.EventType, r.Total))];

        Assert.Equal([(minute - 1, "b", 1), (minute, "a", 1)], await List(minute - 1, 1));
        Assert.Equal([(minute - 10, "a", 3), (minute - 10, "b", 2), (minute - 5, "a", 2), (minute - 5, "b", 3), (minute, "a", 1)], await List(minute - 10, 5));
        Assert.Equal([(minute - 60, "a", 30), (minute - 60, "b", 30), (minute, "a", 1)], await List(minute - 60, 60));
        Assert.Equal([(minute - 90, "a", 46), (minute - 90, "b", 45)], await List(minute - 90, 0));
    }

    [Fact]
    public async Task Flushes_are_kept_whole_newest_first()
    {
        using var db = new TestDatabase();
        var reports = Enumerable.Range(0, 3).Select(i => new FlushReport
        {
            FlushId = Guid.CreateVersion7(TestDatabase.Now),
            Trigger = "timer",
            StartedAt = TestDatabase.Now.AddMinutes(i),
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
        foreach (var report in reports)
            await db.Store.RecordFlushAsync(report, TestDatabase.Token);
        await db.Store.RecordFlushAsync(reports[0], TestDatabase.Token);

        var found = await db.Queries.ListFlushesAsync(2, TestDatabase.Token);
        Assert.Equivalent(new[] { reports[2], reports[1] }, found, strict: true);
    }

    [Fact]
    public async Task Ping_answers_and_fails_when_the_table_is_gone()
    {
        using var db = new TestDatabase();
        await db.Queries.PingAsync(TestDatabase.Token);
        await db.RunAsync("DROP TABLE events");
        await Assert.ThrowsAnyAsync<Exception>(() => db.Queries.PingAsync(TestDatabase.Token).AsTask());
    }

    [Fact]
    public async Task A_read_that_was_cancelled_is_not_begun()
    {
        using var db = new TestDatabase();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await db.Queries.ListEventsAsync(new() { Limit = 1 }, new CancellationToken(canceled: true)));
        Assert.False(File.Exists(db.File));
    }
}
