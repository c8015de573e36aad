using FunctionsMonitor.LoadTest.Reporting;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>Every scenario with next to nothing: that says nothing about speed, but that none has rotted.</summary>
internal sealed class Once(Report report)
{
    private static readonly LoadOptions Short = new()
    {
        Duration = TimeSpan.FromSeconds(1),
        WarmUp = TimeSpan.FromMilliseconds(50),
        Rounds = 1,
        Connections = [8],
        Events = 3_000,
    };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await new IngestScenario(Short, report).RunAsync(cancellationToken);
        await new OpenScenario(Short, report).RunAsync(cancellationToken);
        await new FlushingScenario(Short, report).RunAsync(cancellationToken);
        await new DrainScenario(Short with { EventsPerRequest = [1_000] }, report).FlushAsync(cancellationToken);
        await new QueryScenario(Short, report).RunAsync(cancellationToken);
        await new SoakScenario(Short with { Duration = TimeSpan.FromSeconds(2) }, report).RunAsync(cancellationToken);
        await new RivalScenario(Short with { WarmUp = TimeSpan.FromSeconds(1) }, report).RunAsync(cancellationToken);
        if (report.Failed.Count > 0)
            throw new InvalidOperationException($"Not all requests were answered as they should be: {string.Join("; ", report.Failed)}.");
    }
}
