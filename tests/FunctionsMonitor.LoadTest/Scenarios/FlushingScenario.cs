using System.Diagnostics;
using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Engine;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.LoadTest.Reporting;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>Ingest while the host flushes with its defaults, which is always: into SQLite, and into PostgreSQL on the same machine.</summary>
internal sealed class FlushingScenario(LoadOptions options, Report report)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var postgres = await BenchmarkServer.StartAsync(options.Postgres);
        report.Section("Ingest while flushing, closed loop");
        foreach (var (events, connections) in (options.EventsPerRequest ?? [1, 1_000]).Select(events => (events, (options.Connections ?? [events == 1 ? 64 : 8])[0])))
        {
            await MeasureAsync("SQLite", LocalHost.Defaults, [], events, connections, cancellationToken);
            await postgres.ExecuteAsync("TRUNCATE monitoring.events, monitoring.validation_metrics, monitoring.flushed_segments, monitoring.flushes");
            int[] helpers = postgres.Own is { } own ? [own.ProcessId] : [];
            await MeasureAsync("PostgreSQL", LocalHost.Over(postgres.ConnectionString), helpers, events, connections, cancellationToken);
        }
    }

    private async Task MeasureAsync(
        string store, IReadOnlyDictionary<string, string> settings, IReadOnlyList<int> helpers, int events, int connections, CancellationToken cancellationToken)
    {
        await using var host = await LocalHost.StartAsync(settings);
        host.Helpers = helpers;
        using var client = new HostClient(host.Address);
        var plan = new LoadPlan { Connections = connections, WarmUp = options.WarmUp, Duration = options.Duration, Rate = options.Rate };
        var started = Stopwatch.GetTimestamp();
        var taken = await Measurement.TakeAsync(host, host.Requests(BodyFormat.NdJson, events, withInvalid: false), plan, cancellationToken);
        var ledger = await client.LedgerAsync(cancellationToken);
        var (stored, pending) = (ledger.GetProperty("stored").GetInt64(), ledger.GetProperty("pending").GetInt64());
        var meanwhile = Stopwatch.GetElapsedTime(started);

        started = Stopwatch.GetTimestamp();
        var drained = await client.DrainAsync(cancellationToken);
        if (!drained.GetProperty("balanced").GetBoolean())
            throw new InvalidOperationException($"The books do not balance: {drained}");

        report.Row(
            $"{events:N0} × {connections}, flushed into {store}",
            [
                .. taken.Figures(),
                new("stored/s meanwhile", stored / meanwhile.TotalSeconds, "N0"),
                new("pending at the end", pending, "N0"),
                new("drained after s", Stopwatch.GetElapsedTime(started).TotalSeconds, "F1"),
            ]);
    }
}
