using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Engine;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.LoadTest.Reporting;
using FunctionsMonitor.LoadTest.Rivals;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.LoadTest.Scenarios;

/// <summary>
/// Ours beside the others, in turns. Each turn starts its server anew with an empty folder, so that nobody works off in another's time what is left of
/// his own; a ratio is made within a round.
/// </summary>
internal sealed class RivalScenario(LoadOptions options, Report report)
{
    private const string OnlyBatches = "batches", OnlySingle = "single";
    private readonly List<string> missing = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var influx = Program("influxd");
        var victoria = Program("victoria-metrics");
        foreach (var name in missing)
            Console.WriteLine($"'{name}' is neither on the path nor in --rivals: left out.");

        if (options.Part is null or OnlyBatches)
        {
            await CompareAsync(
                events: 1_000, connections: 8, BodyFormat.NdJson, ours: 2,
                [
                    ("ours, not flushed", () => Started(LocalHost.StartAsync(LocalHost.WithoutFlush))),
                    ("ours, flushed into SQLite", () => Started(LocalHost.StartAsync(LocalHost.Defaults))),
                    .. Rival("another build, not flushed", options.OtherBuild, program => LocalHost.StartAsync(LocalHost.WithoutFlush, program: program)),
                    .. Rival("InfluxDB, fsync", influx, RivalServer.StartInfluxAsync),
                    .. Rival("VictoriaMetrics", victoria, RivalServer.StartVictoriaAsync),
                ], cancellationToken);
        }

        if (options.Part is null or OnlySingle)
        {
            await using var postgres = await BenchmarkServer.StartAsync(null);
            await CompareAsync(
                events: 1, connections: 64, BodyFormat.Json, ours: 2,
                [
                    ("ours, not flushed", () => Started(LocalHost.StartAsync(LocalHost.WithoutFlush))),
                    ("ours, flushed into PostgreSQL", () => StartOverAsync(postgres)),
                    ("INSERT per request", () => StartNaiveAsync(postgres)),
                    .. Rival("another build, not flushed", options.OtherBuild, program => LocalHost.StartAsync(LocalHost.WithoutFlush, program: program)),
                    .. Rival("InfluxDB, fsync", influx, RivalServer.StartInfluxAsync),
                    .. Rival("VictoriaMetrics", victoria, RivalServer.StartVictoriaAsync),
                ], cancellationToken);
        }
    }

    /// <param name="events">In a request.</param>
    /// <param name="connections">At once.</param>
    /// <param name="format">Of those who have a choice.</param>
    /// <param name="ours">How many of them, from the first on, are compared with the others.</param>
    /// <param name="servers">All of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task CompareAsync(
        int events, int connections, BodyFormat format, int ours, IReadOnlyList<(string Name, Func<Task<ITarget>> StartAsync)> servers,
        CancellationToken cancellationToken)
    {
        report.Section($"{events:N0} events a request, {connections} connections, in turns");
        var taken = servers.Select(_ => new Measurement[options.Rounds]).ToArray();
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < servers.Count; turn++)
            {
                var one = (turn + round) % servers.Count;
                await using var target = await servers[one].StartAsync();
                var plan = new LoadPlan { Connections = connections, WarmUp = options.WarmUp, Duration = options.Duration };
                taken[one][round] = await Measurement.TakeAsync(target, target.Requests(format, events, withInvalid: false), plan, cancellationToken);
                report.Row($"{servers[one].Name}, round {round + 1}", taken[one][round].Figures());
            }
        }

        report.Section($"{events:N0} events a request, {connections} connections: medians, and ratios within the rounds (quartiles)");
        foreach (var (one, (name, _)) in servers.Index())
        {
            report.Row(name,
            [
                new("events/s", taken[one].Select(each => each.Load.EventsPerSecond).Median(), "N0"),
                new("p50 ms", taken[one].Select(each => each.Load.Latencies.Milliseconds(50)).Median(), "F2"),
                new("p99 ms", taken[one].Select(each => each.Load.Latencies.Milliseconds(99)).Median(), "F2"),
                new("cores: server", taken[one].Select(each => each.ServerCores).Median(), "F2"),
                new("generator", taken[one].Select(each => each.GeneratorCores).Median(), "F2"),
                new("peak MB", taken[one].Select(each => each.ServerPeakMegabytes).Median(), "F0"),
            ]);
        }

        for (var one = 0; one < ours; one++)
        {
            for (var rival = ours; rival < servers.Count; rival++)
            {
                var ratios = Ratios.Of([.. taken[one].Select(each => each.Load.EventsPerSecond)], [.. taken[rival].Select(each => each.Load.EventsPerSecond)]);
                report.Row($"{servers[one].Name} / {servers[rival].Name}", ratios.Figures());
            }
        }
    }

    private string? Program(string name)
    {
        var path = RivalPrograms.Find(name, options.Rivals);
        if (path is null)
            missing.Add(name);
        return path;
    }

    private static IEnumerable<(string, Func<Task<ITarget>>)> Rival<T>(string name, string? program, Func<string, Task<T>> start)
        where T : ITarget =>
        program is null ? [] : [(name, () => Started(start(program)))];

    private static async Task<ITarget> StartOverAsync(BenchmarkServer postgres)
    {
        await postgres.ExecuteAsync("TRUNCATE monitoring.events, monitoring.validation_metrics, monitoring.flushed_segments, monitoring.flushes");
        await postgres.ExecuteAsync("CHECKPOINT");
        var host = await LocalHost.StartAsync(LocalHost.Over(postgres.ConnectionString));
        host.Helpers = [postgres.Own!.ProcessId];
        return host;
    }

    private static async Task<ITarget> StartNaiveAsync(BenchmarkServer postgres)
    {
        await postgres.ExecuteAsync(NaiveEndpoint.Table);
        await postgres.ExecuteAsync("CHECKPOINT");
        return await RivalServer.StartNaiveAsync(postgres.ConnectionString, postgres.Own!.ProcessId);
    }

    private static async Task<ITarget> Started<T>(Task<T> starting) where T : ITarget => await starting;
}
