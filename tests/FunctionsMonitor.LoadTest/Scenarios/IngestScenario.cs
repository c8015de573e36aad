using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Engine;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.LoadTest.Reporting;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>
/// Events taken in and made durable, without a flush: every size of request with every number of connections, as array and as lines, valid and with
/// every tenth invalid. A closed loop. Each size has a host of its own, which keeps its segments until the end.
/// </summary>
internal sealed class IngestScenario(LoadOptions options, Report report)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Section("Ingest, closed loop, nothing flushed; events of 150 bytes");
        foreach (var events in options.EventsPerRequest ?? [1, 100, 1_000])
        {
            await using var host = await LocalHost.StartAsync(LocalHost.WithoutFlush);
            await WarmAsync(host, events, cancellationToken);
            foreach (var (format, withInvalid, connections) in Cells())
            {
                var plan = new LoadPlan { Connections = connections, WarmUp = options.WarmUp, Duration = options.Duration };
                var taken = await Measurement.TakeAsync(host, host.Requests(format, events, withInvalid), plan, cancellationToken);
                report.Row($"{events:N0} × {connections}, {Name(format)}{(withInvalid ? ", 10 % invalid" : "")}", taken.Figures());
            }
        }
    }

    private IEnumerable<(BodyFormat Format, bool WithInvalid, int Connections)> Cells() =>
        from format in options.Formats ?? [BodyFormat.NdJson, BodyFormat.JsonArray]
        from withInvalid in (bool[])[false, true]
        from connections in options.Connections ?? [1, 8, 64]
        select (format, withInvalid, connections);

    /// <summary>Until the runtime has compiled what it will run: the first row must not pay for all.</summary>
    private async Task WarmAsync(LocalHost host, int events, CancellationToken cancellationToken)
    {
        var plan = new LoadPlan { Connections = 8, WarmUp = TimeSpan.Zero, Duration = options.WarmUp * 3 };
        await LoadRun.RunAsync(host.Address, host.Requests(BodyFormat.NdJson, events, withInvalid: true), plan, cancellationToken: cancellationToken);
    }

    private static string Name(BodyFormat format) => format == BodyFormat.NdJson ? "lines" : "array";
}
