using System.Diagnostics;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Measuring;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.LoadTest.Drain;

/// <summary>
/// After an outage: a backlog of segments in a folder, a host that starts while PostgreSQL is down, and how long it takes from the moment the
/// database is there until the last segment has gone, and at which memory. <c>-- --drain [events] [connection]</c>; a database of somebody else's
/// is not stopped.
/// </summary>
internal sealed class DrainMeasurement(BenchmarkServer server, int events, int eventsPerSegment, bool outage = true)
{
    /// <summary>What a flush may take in memory, whatever waits for it (issue 4).</summary>
    public const double CeilingMegabytes = 150;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <returns>Whether the memory stayed below <see cref="CeilingMegabytes"/>.</returns>
    public async Task<bool> RunAsync()
    {
        await server.ExecuteAsync("TRUNCATE monitoring.events, monitoring.validation_metrics, monitoring.flushed_segments, monitoring.flushes");
        using var folder = new TemporaryFolder();
        var bytes = Backlog.Write(folder.Path, events, eventsPerSegment, TimeProvider.System.GetUtcNow());
        var segments = Path.Combine(folder.Path, "segments");
        var before = Machine.Load;

        var stopped = outage ? server.Own : null;
        if (stopped is not null)
            await stopped.StopAsync(PostgresStop.Immediate);
        await using var host = await LocalHost.StartAsync(LocalHost.Over(server.ConnectionString), folder.Path);
        var idle = host.PeakMegabytes;
        if (stopped is not null)
        {
            await Task.Delay(Outage);
            await stopped.ResumeAsync();
            server.Source.Clear();
        }

        var there = Stopwatch.GetTimestamp();
        var waiting = Directory.GetFiles(segments).Length;
        long? first = null;
        using var timeout = new CancellationTokenSource(Patience);
        using var poll = new PeriodicTimer(Poll);
        while (await poll.WaitForNextTickAsync(timeout.Token))
        {
            var left = Directory.GetFiles(segments).Length;
            if (left < waiting)
                first ??= Stopwatch.GetTimestamp();
            if (left == 0)
                break;
        }

        var ended = Stopwatch.GetTimestamp();
        var stored = await server.ScalarAsync<long>("SELECT coalesce(sum(stored), 0) FROM monitoring.flushed_segments");
        if (stored != events)
            throw new InvalidOperationException($"{stored} of {events} events were stored. The host said:\n{host.Output}");

        var (wait, drain) = (Stopwatch.GetElapsedTime(there, first ?? ended), Stopwatch.GetElapsedTime(first ?? there, ended));
        // The first transaction was over when the clock of the drain began; of many, it is a small part.
        Console.WriteLine(
            $"{events:N0} events in {waiting:N0} segments, {bytes / 1e6:N0} MB: first segments gone {wait.TotalSeconds:F1} s after the database was there, all of "
            + $"them {drain.TotalSeconds:F1} s later ({events / drain.TotalSeconds:N0} events/s); memory at its peak {host.PeakMegabytes:F0} MB, {idle:F0} MB before "
            + $"the flush; before: {before}; after: {Machine.Load}");
        return host.PeakMegabytes < CeilingMegabytes;
    }
}
