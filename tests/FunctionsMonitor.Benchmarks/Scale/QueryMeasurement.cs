using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Measuring;
using Npgsql;

namespace FunctionsMonitor.Benchmarks.Scale;

/// <summary>
/// How long the store takes for what <c>GET /events</c>, <c>GET /metrics/validation</c> and <c>GET /metrics/ledger</c> ask of it, and how many pages of
/// 8 kB the server touches. <c>-- --scale [events] [connection]</c> loads a hundredth, a tenth and all of them and asks each time.
/// </summary>
internal sealed partial class QueryMeasurement(BenchmarkServer server, int runs = 40)
{
    private const int Page = 100;

    /// <summary>Rows of figures that <c>GET /metrics/validation</c> answers at most; of more it asks for one, to refuse them.</summary>
    private const int AnswerRows = 50_000;

    private readonly PostgresMetricsQueries queries = new(server.Source);

    public async Task RunAsync(int events)
    {
        var started = Stopwatch.GetTimestamp();
        await new EventLoader(server).LoadAsync(events);
        var loaded = Stopwatch.GetElapsedTime(started);
        var size = await server.ScalarAsync<string>("SELECT pg_size_pretty(pg_database_size(current_database()))");
        Console.WriteLine($"\n{events:N0} events, {size}, loaded in {loaded.TotalSeconds:F0} s; {Machine.Load}");
        Console.WriteLine("| the store is asked for | rows | median | p95 | pages |\n| --- | ---: | ---: | ---: | ---: |");

        var middle = new EventKey(EventTime.ToMicroseconds(EventLoader.Start.AddDays(EventLoader.Days / 2)), Guid.NewGuid());
        var deep = new EventKey(EventTime.ToMicroseconds(EventLoader.Start.AddHours(12)), Guid.NewGuid());
        var hour = new EventQuery { Limit = Page, From = EventTime.ToMicroseconds(EventLoader.End.AddDays(-3)), To = EventTime.ToMicroseconds(EventLoader.End.AddDays(-3).AddHours(1)) };
        (string What, EventQuery Query)[] pages =
        [
            ("the newest 100", new() { Limit = Page }),
            ("the newest 1,000", new() { Limit = 1_000 }),
            ("100, deep: half of all are newer", new() { Limit = Page, After = middle }),
            ("100, deep: nearly all are newer", new() { Limit = Page, After = deep }),
            ("of a frequent type", new() { Limit = Page, Type = EventLoader.FrequentType }),
            ("— deep", new() { Limit = Page, Type = EventLoader.FrequentType, After = deep }),
            ("of a rare type", new() { Limit = Page, Type = EventLoader.RareType }),
            ("— deep", new() { Limit = Page, Type = EventLoader.RareType, After = deep }),
            ("of a type that is not there", new() { Limit = Page, Type = "none" }),
            ("of a source", new() { Limit = Page, Source = EventLoader.FrequentSource }),
            ("— deep", new() { Limit = Page, Source = EventLoader.FrequentSource, After = deep }),
            ("of a rare source", new() { Limit = Page, Source = EventLoader.RareSource }),
            ("of a frequent type and a source", new() { Limit = Page, Type = EventLoader.FrequentType, Source = EventLoader.FrequentSource }),
            ("— deep", new() { Limit = Page, Type = EventLoader.FrequentType, Source = EventLoader.FrequentSource, After = deep }),
            ("of a frequent type and a rare source", new() { Limit = Page, Type = EventLoader.FrequentType, Source = EventLoader.RareSource }),
            ("of a rare type and a source", new() { Limit = Page, Type = EventLoader.RareType, Source = EventLoader.FrequentSource }),
            ("of a frequent type and a source that is not there", new() { Limit = Page, Type = EventLoader.FrequentType, Source = "none" }),
            ("of one hour", hour),
            ("of one hour, a frequent type and a source", hour with { Type = EventLoader.FrequentType, Source = EventLoader.FrequentSource }),
            ("of a day that has none", new() { Limit = Page, From = EventTime.ToMicroseconds(EventLoader.End), To = EventTime.ToMicroseconds(EventLoader.End.AddDays(1)) }),
            ("of a time before all", new() { Limit = Page, To = EventTime.ToMicroseconds(EventLoader.Start) }),
        ];
        foreach (var (what, query) in pages)
        {
            await MeasureAsync(
                what, async () => (await queries.ListEventsAsync(query, CancellationToken.None)).Count, PostgresMetricsQueries.EventsSql(query));
        }

        (string What, int Days, int Bucket, int Limit)[] figures =
        [
            ("figures of a day, raw", 1, 0, int.MaxValue), ("— by 1m", 1, 1, int.MaxValue), ("— by 5m", 1, 5, int.MaxValue), ("— by 1h", 1, 60, int.MaxValue),
            ("figures of 30 days, raw", 30, 0, int.MaxValue), ("— by 1h", 30, 60, int.MaxValue), ("— by 5m", 30, 5, int.MaxValue),
            ("— by 5m, until it is too much", 30, 5, AnswerRows + 1),
        ];
        foreach (var (what, days, bucket, limit) in figures)
        {
            var (from, to) = (EventLoader.End.AddDays(-days), EventLoader.End);
            var query = new ValidationQuery(
                EventTime.ToMinute(EventTime.ToMicroseconds(from)), EventTime.ToMinute(EventTime.ToMicroseconds(to)), bucket, limit);
            await MeasureAsync(
                what, async () => (await queries.ListValidationAsync(query, CancellationToken.None)).Count,
                PostgresMetricsQueries.ValidationSql(query));
        }

        await MeasureAsync("the ledger", async () => (await queries.ReadLedgerAsync(CancellationToken.None)).Count, null);
    }

    private async Task MeasureAsync(string what, Func<Task<int>> ask, (string Sql, object[] Values)? statement)
    {
        // Once for the connection and what it caches of the tables.
        var rows = await ask();
        var times = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        var pages = statement is { } explained ? (await CountPagesAsync(explained)).ToString("N0", CultureInfo.InvariantCulture) : "";
        Console.WriteLine($"| {what} | {rows:N0} | {times.Median():F1} ms | {times.At(0.95):F1} ms | {pages} |");
    }

    private async Task<long> CountPagesAsync((string Sql, object[] Values) statement)
    {
        await using var command = server.Source.CreateCommand($"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) {statement.Sql}");
        foreach (var value in statement.Values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync())
            plan += reader.GetString(0) + "\n";
        return Buffers().Matches(plan[..plan.IndexOf("->", StringComparison.Ordinal)]).Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("(?:hit|read)=([0-9]+)")]
    private static partial Regex Buffers();
}
