using FunctionsMonitor.LoadTest.Drain;
using FunctionsMonitor.LoadTest.Reporting;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>A backlog flushed by a host that starts on it: into each store, or into PostgreSQL after an outage, by the size of the segments.</summary>
internal sealed class DrainScenario(LoadOptions options, Report report)
{
    private const int DefaultEvents = 1_000_000;

    /// <summary>Both stores, and nothing goes wrong.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        report.Section("A backlog is flushed");
        await using var server = await BenchmarkServer.StartAsync(options.Postgres);
        foreach (var eventsPerSegment in options.EventsPerRequest ?? [1_000, 100])
        {
            await new DrainMeasurement(null, options.Events ?? DefaultEvents, eventsPerSegment, outage: false).RunAsync(report, cancellationToken);
            await new DrainMeasurement(server, options.Events ?? DefaultEvents, eventsPerSegment, outage: false).RunAsync(report, cancellationToken);
        }
    }

    /// <summary>PostgreSQL is down when the host starts.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        report.Section("The backlog of an outage is flushed");
        await using var server = await BenchmarkServer.StartAsync(options.Postgres);
        foreach (var eventsPerSegment in options.EventsPerRequest ?? [1_000, 100, 20_000, 10])
            await new DrainMeasurement(server, options.Events ?? DefaultEvents, eventsPerSegment, outage: true).RunAsync(report, cancellationToken);
    }
}
