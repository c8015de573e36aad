using System.Globalization;
using System.Reflection;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Measuring;
using FunctionsMonitor.TestSupport.Processes;

namespace FunctionsMonitor.Benchmarks.Startup;

/// <summary>
/// From the start of the process to the first answer: the published local host beside empty ASP.NET Core apps published the same way, and beside
/// itself without one of the steps that made it faster. They take turns; a ratio is made of two times of the same round.
/// <c>-- --cold-start [rounds] [folder] [name=program …]</c>; the folder keeps what was published for the next time, and a program is another local host that
/// was published before, such as an older one.
/// </summary>
internal sealed class ColdStartComparison(int rounds)
{
    private const string Ahead = "-p:PublishReadyToRun=true";
    private const string NotAhead = "-p:PublishReadyToRun=false";

    /// <summary>The first start of a program reads its files from the disk.</summary>
    private const int WarmUps = 1;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    private readonly List<Rival> rivals = [];

    private static string LocalHostProject =>
        Path.GetFullPath(typeof(ColdStartComparison).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(one => one.Key == "LocalHostProject").Value!);

    /// <summary>All there is to compare.</summary>
    /// <param name="kept">Where to publish to, and to find what was published before; null for a folder that goes with this run.</param>
    /// <param name="others">Local hosts that are there already, by name.</param>
    public async Task RunAsync(string? kept, IEnumerable<KeyValuePair<string, string>> others)
    {
        using var temporary = new TemporaryFolder();
        string In(string name) => Path.Combine(kept ?? temporary.Path, name);
        foreach (var (name, builder) in ((string, string)[])[("empty, slim", "CreateSlimBuilder"), ("empty", "CreateBuilder")])
        {
            var project = EmptyApp.Write(In(builder), builder);
            Add(name, await Publication.MakeAsync(project, In($"{builder}-published"), Ahead, "--use-current-runtime", "--self-contained", "false"), false);
        }

        var ours = await Publication.MakeAsync(LocalHostProject, In("ours"));
        Add("local host", ours, true);
        Add("— not compiled ahead", await Publication.MakeAsync(LocalHostProject, In("not-ahead"), NotAhead), true);
        Add("— without event sources", await Publication.MakeAsync(LocalHostProject, In("no-events"), "-p:EventSourceSupport=false"), true);
        Add("— without a profile of its own (TieredPGO=0)", ours, true, ("DOTNET_TieredPGO", "0"));
        Add("— with one heap (gcServer=0)", ours, true, ("DOTNET_gcServer", "0"));
        Add("— without the collector's thread (gcConcurrent=0)", ours, true, ("DOTNET_gcConcurrent", "0"));
        Add("— with cultures (ICU)", ours, true, ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "0"), ("DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY", "0"));
        Add("— nothing compiled ahead at all (ReadyToRun=0)", ours, true, ("DOTNET_ReadyToRun", "0"));
        foreach (var (name, program) in others)
            Add(name, program, true);
        if (rounds > 0)
            await MeasureAsync(Rest);
    }

    /// <summary>One start of the host as it was built and of the rival: that says nothing about speed, but that none has rotted.</summary>
    public async Task RunOnceAsync()
    {
        using var folder = new TemporaryFolder();
        Add("empty, slim", await Publication.MakeAsync(EmptyApp.Write(folder["empty"], "CreateSlimBuilder"), folder["published"], NotAhead), false);
        rivals.Add(new("local host", ["dotnet", LocalHostProcess.ProgramPath], true, new Dictionary<string, string>()));
        await MeasureAsync(TimeSpan.Zero);
    }

    private void Add(string name, string program, bool isOurs, params (string Name, string Value)[] environment) =>
        rivals.Add(new(name, [program], isOurs, environment.ToDictionary(one => one.Name, one => one.Value)));

    private async Task MeasureAsync(TimeSpan rest)
    {
        var starts = rivals.Select(_ => new List<ColdStart>()).ToArray();
        var before = Machine.Load;
        for (var round = -WarmUps; round < rounds; round++)
        {
            for (var turn = 0; turn < rivals.Count; turn++)
            {
                var i = (turn + round + WarmUps) % rivals.Count;
                var rival = rivals[i];
                var start = await ColdStart.MeasureAsync(rival.Command, rival.IsOurs, rival.Environment, round == rounds - 1 ? rest : TimeSpan.Zero);
                if (round >= 0)
                    starts[i].Add(start);
            }
        }

        Console.WriteLine($"{rounds} rounds; medians, and quartiles in brackets; before: {before}; after: {Machine.Load}");
        for (var i = 0; i < rivals.Count; i++)
        {
            var ratios = starts[i].Zip(starts[0], (ours, empty) => ours.First / empty.First).ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{rivals[i].Name,-50} first 2xx {Spread(starts[i].Select(start => start.First), "F0")} ms, x{Spread(ratios, "F2")}; processor "
                + $"{starts[i].Select(start => start.FirstCpu).Median():F0} ms; {starts[i].Select(start => start.FirstMegabytes).Median():F0} MB; {Rest(starts[i])}"
                + $"{starts[i][^1].LastMegabytes:F0} MB at rest"));
        }

        static string Rest(List<ColdStart> starts) => starts[0].Event is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $"first event {Spread(starts.Select(start => start.Event!.Value), "F0")} ms, page {starts.Select(start => start.Page!.Value).Median():F0} ms; ");
    }

    private static string Spread(IEnumerable<double> values, string format)
    {
        var all = values.ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{all.Median().ToString(format, CultureInfo.InvariantCulture)} ({all.At(0.25).ToString(format, CultureInfo.InvariantCulture)} to {all.At(0.75).ToString(format, CultureInfo.InvariantCulture)})");
    }

    private sealed record Rival(string Name, string[] Command, bool IsOurs, IReadOnlyDictionary<string, string> Environment);
}
