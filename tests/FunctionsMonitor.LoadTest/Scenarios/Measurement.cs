using FunctionsMonitor.LoadTest.Engine;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.LoadTest.Reporting;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>One plan run against one server, with what both took of the machine meanwhile.</summary>
internal sealed record Measurement(LoadFigures Load, double GeneratorCores, double ServerCores, double ServerPeakMegabytes)
{
    public static async Task<Measurement> TakeAsync(
        ITarget target, IRequests requests, LoadPlan plan, CancellationToken cancellationToken, IAnswers? answers = null)
    {
        var (generator, server) = (TimeSpan.Zero, TimeSpan.Zero);
        var load = await LoadRun.RunAsync(
            target.Address, requests, plan, answers,
            begun: () => (generator, server) = (-Environment.CpuUsage.TotalTime, -ServerTime(target)),
            ended: () => (generator, server) = (generator + Environment.CpuUsage.TotalTime, server + ServerTime(target)),
            cancellationToken);
        return new Measurement(load, generator / plan.Duration, server / plan.Duration, ProcessFigures.PeakMegabytes(target.ProcessIds[0]));
    }

    /// <summary>What a table says of it.</summary>
    public IReadOnlyList<Figure> Figures() =>
    [
        new("requests/s", Load.RequestsPerSecond, "N0"),
        new("events/s", Load.EventsPerSecond, "N0"),
        new("p50 ms", Load.Latencies.Milliseconds(50), "F2"),
        new("p99 ms", Load.Latencies.Milliseconds(99), "F2"),
        new("p99.9 ms", Load.Latencies.Milliseconds(99.9), "F2"),
        new("max ms", Load.Latencies.MaxMilliseconds, "F1"),
        new("p99 corrected", Load.CorrectedP99, "F2"),
        new("failed", Load.Failures, "N0"),
        new("cores: server", ServerCores, "F2"),
        new("generator", GeneratorCores, "F2"),
        new("peak MB", ServerPeakMegabytes, "F0"),
    ];

    private static TimeSpan ServerTime(ITarget target) => target.ProcessIds.Aggregate(TimeSpan.Zero, (sum, id) => sum + ProcessFigures.CpuTime(id));
}
