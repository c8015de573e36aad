using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Engine;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.LoadTest.Reporting;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>
/// Latency at a given rate: first how much the host takes at all, in a closed loop, then shares of that in an open one, which asks without waiting
/// and measures from when it was meant to. With a rate, that one alone.
/// </summary>
internal sealed class OpenScenario(LoadOptions options, Report report)
{
    private static readonly double[] Shares = [0.25, 0.5, 0.75, 0.9];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Section("Latency at a rate, open loop, nothing flushed; from when a request was meant to be sent");
        var connections = (options.Connections ?? [64])[0];
        foreach (var events in options.EventsPerRequest ?? [1, 100])
        {
            await using var host = await LocalHost.StartAsync(LocalHost.WithoutFlush);
            var requests = host.Requests((options.Formats ?? [BodyFormat.NdJson])[0], events, withInvalid: false);
            var closed = new LoadPlan { Connections = connections, WarmUp = options.WarmUp * 3, Duration = options.Duration };
            var most = await Measurement.TakeAsync(host, requests, closed, cancellationToken);
            report.Row($"{events:N0} × {connections}, closed loop", Figures(most));
            foreach (var rate in options.Rate is { } one ? [one] : Shares.Select(share => Math.Max(1, share * most.Load.RequestsPerSecond)))
            {
                var open = await Measurement.TakeAsync(host, requests, closed with { WarmUp = options.WarmUp, Rate = rate }, cancellationToken);
                report.Row($"{events:N0} × {connections}, {rate:N0} requests/s", Figures(open));
            }
        }
    }

    /// <summary>Beside what every run says, how late the generator itself was: no latency is better than that.</summary>
    private static List<Figure> Figures(Measurement taken) =>
    [
        .. taken.Figures(),
        new("not sent in time", taken.Load.Unsent, "N0"),
        new("sent late: p50 ms", taken.Load.Lateness.Milliseconds(50), "F2"),
        new("p99", taken.Load.Lateness.Milliseconds(99), "F2"),
    ];
}
