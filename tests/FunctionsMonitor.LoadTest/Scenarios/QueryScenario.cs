using System.Diagnostics;
using System.Globalization;
using FunctionsMonitor.LoadTest.Engine;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.LoadTest.Reporting;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>
/// What a client waits for the read endpoints of a host over PostgreSQL, by how many events there are. What the store alone takes, and how many pages it
/// touches, is the benchmarks' <c>--scale</c>.
/// </summary>
internal sealed class QueryScenario(LoadOptions options, Report report)
{
    private const int Runs = 40;
    private const int PagesWalked = 40;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var server = await BenchmarkServer.StartAsync(options.Postgres);
        foreach (var events in options.Events is { } one ? [one] : (int[])[1_000_000, 10_000_000])
        {
            var started = Stopwatch.GetTimestamp();
            await new EventLoader(server).LoadAsync(events);
            report.Section($"Queries at {events:N0} events (loaded in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s), one after the other");
            await using var host = await LocalHost.StartAsync(LocalHost.Over(server.ConnectionString));
            using var client = new HostClient(host.Address);
            foreach (var (what, path) in Questions())
                await MeasureAsync(client, what, path, cancellationToken);
            await WalkAsync(client, "pages by cursor, from the newest on", "/events?limit=100", cancellationToken);
            await WalkAsync(client, "pages by cursor, from the middle on", $"/events?limit=100&to={Time(-EventLoader.Days / 2)}", cancellationToken);
            await WalkAsync(client, "pages by cursor, the oldest day", $"/events?limit=100&to={Time(1 - EventLoader.Days)}", cancellationToken);
        }
    }

    private static IEnumerable<(string What, string Path)> Questions()
    {
        yield return ("events: the newest 100", "/events?limit=100");
        yield return ("events: the newest 1,000", "/events?limit=1000");
        yield return ("events: 100, half of all are newer", $"/events?limit=100&to={Time(-EventLoader.Days / 2)}");
        yield return ("events: 100, nearly all are newer", $"/events?limit=100&to={Time(1 - EventLoader.Days)}");
        yield return ("events: of a frequent type", $"/events?limit=100&type={EventLoader.FrequentType}");
        yield return ("events: of a rare type", $"/events?limit=100&type={EventLoader.RareType}");
        yield return ("events: of a source", $"/events?limit=100&source={EventLoader.FrequentSource}");
        foreach (var interval in (string[])["raw", "1m", "5m", "1h"])
            yield return ($"figures of a day, {interval}", $"/metrics/validation?from={Time(-1)}&to={Time(0)}&interval={interval}");
        foreach (var interval in (string[])["raw", "1h"])
            yield return ($"figures of 30 days, {interval}", $"/metrics/validation?from={Time(-EventLoader.Days)}&to={Time(0)}&interval={interval}");
        yield return ("the books", "/metrics/ledger");
        yield return ("the page's summary", "/summary");
    }

    private static string Time(int days) => Uri.EscapeDataString(EventLoader.End.AddDays(days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    private async Task MeasureAsync(HostClient client, string what, string path, CancellationToken cancellationToken)
    {
        var bytes = (await client.GetBytesAsync(path, cancellationToken)).Length;
        var latencies = new Latencies();
        for (var run = 0; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            await client.GetBytesAsync(path, cancellationToken);
            latencies.Record(Stopwatch.GetElapsedTime(started));
        }

        Row(what, latencies, bytes);
    }

    /// <summary>Each page where the last one ended, as a client reads all.</summary>
    private async Task WalkAsync(HostClient client, string what, string path, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        string? cursor = null;
        for (var page = 0; page < PagesWalked; page++)
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await client.GetAsync(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}", cancellationToken);
            latencies.Record(Stopwatch.GetElapsedTime(started));
            cursor = answer.GetProperty("next_cursor").GetString();
            if (cursor is null)
                break;
        }

        Row(what, latencies, 0);
    }

    private void Row(string what, Latencies latencies, int bytes) => report.Row(
        what,
        [
            new("p50 ms", latencies.Milliseconds(50), "F1"),
            new("p95 ms", latencies.Milliseconds(95), "F1"),
            new("max ms", latencies.MaxMilliseconds, "F1"),
            new("kB", bytes / 1e3, "N0"),
        ]);
}
