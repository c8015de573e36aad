using System.Diagnostics;
using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Engine;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.LoadTest.Reporting;
using FunctionsMonitor.LoadTest.Soak;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>
/// A steady load on a host as it comes, for as long as is said, and at the end the judgement: every acknowledged event is stored once, nothing else is,
/// and the books balance.
/// </summary>
internal sealed class SoakScenario(LoadOptions options, Report report)
{
    private const int DefaultEventsPerRequest = 100, DefaultConnections = 8, Samples = 12;
    private const double DefaultRate = 20;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Section($"Soak over {options.Duration}, into {(options.OverPostgres ? "PostgreSQL" : "SQLite")}");
        await using var server = options.OverPostgres ? await BenchmarkServer.StartAsync(options.Postgres) : null;
        await using var host = await LocalHost.StartAsync(server is null ? LocalHost.Defaults : LocalHost.Over(server.ConnectionString));
        using var client = new HostClient(host.Address);
        var requests = host.Requests(BodyFormat.NdJson, (options.EventsPerRequest ?? [DefaultEventsPerRequest])[0], withInvalid: true);
        var plan = new LoadPlan
        {
            Connections = (options.Connections ?? [DefaultConnections])[0],
            WarmUp = TimeSpan.Zero,
            Duration = options.Duration,
            Rate = options.Rate ?? DefaultRate,
        };

        var oracle = new SoakOracle(requests.Prefix);
        var running = Measurement.TakeAsync(host, requests, plan, cancellationToken, oracle);
        await WatchAsync(host, client, running, cancellationToken);
        var taken = await running;
        report.Row("all of it", taken.Figures());

        var ledger = await client.DrainAsync(cancellationToken);
        await StoredEvents.ReadAsync(client, oracle, cancellationToken);
        report.Row("the oracle", [new("owed", oracle.Owed, "N0"), new("unknown", oracle.Unknown, "N0"), new("stored", oracle.Stored, "N0")]);
        var faults = oracle.Judge();
        if (faults.Count > 0)
            throw new InvalidOperationException($"The oracle says:\n{string.Join('\n', faults)}");
        if (!ledger.GetProperty("balanced").GetBoolean() || ledger.GetProperty("stored").GetInt64() != oracle.Stored)
            throw new InvalidOperationException($"The books do not balance: {ledger}");
        Console.WriteLine("Every acknowledged event is stored once, nothing else is, and the books balance.");
    }

    /// <summary>How the host does meanwhile.</summary>
    private async Task WatchAsync(LocalHost host, HostClient client, Task running, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        for (var sample = 1; sample < Samples; sample++)
        {
            var left = (options.Duration * sample / Samples) - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero)
                await Task.WhenAny(running, Task.Delay(left, cancellationToken));
            if (running.IsCompleted)
                return;

            var buffer = (await client.GetAsync("/status", cancellationToken)).GetProperty("buffer");
            report.Row(
                $"after {Stopwatch.GetElapsedTime(started):hh\\:mm\\:ss}",
                [
                    new("waiting segments", buffer.GetProperty("segments").GetDouble(), "N0"),
                    new("waiting events", buffer.GetProperty("events").GetDouble(), "N0"),
                    new("peak MB", host.PeakMegabytes, "F0"),
                ]);
        }
    }
}
