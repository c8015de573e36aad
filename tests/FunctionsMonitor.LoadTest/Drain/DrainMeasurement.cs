using System.Diagnostics;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.LoadTest.Reporting;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Measuring;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.LoadTest.Drain;

/// <summary>
/// A backlog of segments in a folder, a host that starts on it, and how long it takes until the last segment has gone, and at which memory. After an
/// outage: the host starts while PostgreSQL is down, and the time begins when that is there; a database of somebody else's is not stopped.
/// </summary>
/// <param name="server">The metrics store; null for the embedded one.</param>
/// <param name="events">In the backlog.</param>
/// <param name="eventsPerSegment">At most.</param>
/// <param name="outage">PostgreSQL is down at first.</param>
internal sealed class DrainMeasurement(BenchmarkServer? server, int events, int eventsPerSegment, bool outage)
{
    /// <summary>What a flush may take in memory, whatever waits for it (issue 4).</summary>
    public const double CeilingMegabytes = 150;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        if (server is not null)
            await server.ExecuteAsync("TRUNCATE monitoring.events, monitoring.validation_metrics, monitoring.flushed_segments, monitoring.flushes");
        using var folder = new TemporaryFolder();
        var bytes = Backlog.Write(folder.Path, events, eventsPerSegment, TimeProvider.System.GetUtcNow());
        var segments = Path.Combine(folder.Path, "segments");

        var stopped = outage ? server?.Own : null;
        if (stopped is not null)
            await stopped.StopAsync(PostgresStop.Immediate);
        await using var host = await LocalHost.StartAsync(server is null ? LocalHost.Defaults : LocalHost.Over(server.ConnectionString), folder.Path);
        var idle = host.PeakMegabytes;
        if (stopped is not null)
        {
            await Task.Delay(Outage, cancellationToken);
            await stopped.ResumeAsync();
            server!.Source.Clear();
        }

        var there = Stopwatch.GetTimestamp();
        var waiting = Directory.GetFiles(segments).Length;
        long? first = null;
        var wasOne = false;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        using var poll = new PeriodicTimer(Poll);
        while (await poll.WaitForNextTickAsync(timeout.Token))
        {
            var left = Directory.GetFiles(segments).Length;
            wasOne = first is null && left == 0;
            if (left < waiting)
                first ??= Stopwatch.GetTimestamp();
            if (left == 0)
                break;
        }

        var ended = Stopwatch.GetTimestamp();
        using var client = new HostClient(host.Address);
        var ledger = await client.LedgerAsync(cancellationToken);
        if (ledger.GetProperty("stored").GetInt64() != events || !ledger.GetProperty("balanced").GetBoolean())
            throw new InvalidOperationException($"Not {events} events were stored: {ledger}\nThe host said:\n{host.Output}");

        // The first transaction was over when the clock of the drain began; of many, it is a small part. If it was the only one, it is all.
        var wait = Stopwatch.GetElapsedTime(there, first ?? ended);
        var drain = Stopwatch.GetElapsedTime(wasOne ? there : first ?? there, ended);
        report.Row(
            $"{events:N0} events in {waiting:N0} segments, into {(server is null ? "SQLite" : "PostgreSQL")}",
            [
                new("MB", bytes / 1e6, "N0"),
                new("first gone after s", wait.TotalSeconds, "F1"),
                new("all of them s later", drain.TotalSeconds, "F1"),
                new("events/s", events / drain.TotalSeconds, "N0"),
                new("peak MB", host.PeakMegabytes, "F0"),
                new("before the flush", idle, "F0"),
            ]);
        if (host.PeakMegabytes >= CeilingMegabytes)
            Console.WriteLine($"(more than {CeilingMegabytes} MB)");
    }
}
