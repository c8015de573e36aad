using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Processes;

namespace FunctionsMonitor.LoadTest.Hosts;

/// <summary>The local host as a process of its own, with its default settings unless told otherwise.</summary>
internal sealed partial class LocalHost : ITarget
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Not inherited: what is measured are the defaults. A setting, such as <c>Buffering__Linger</c>, may be tried by way of the environment.</summary>
    private static readonly string[] OurFlags = ["MONITORING_", "ConnectionStrings", "Keys", "ASPNETCORE_"];
    private readonly TemporaryFolder folder = new();
    private readonly ProcessOutput output = new();
    private readonly Process process;

    private LocalHost(string? dataPath, IReadOnlyDictionary<string, string> settings, string? program)
    {
        DataPath = dataPath ?? folder["data"];
        program ??= typeof(LocalHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(one => one.Key == "LocalHostPath").Value!;
        var info = new ProcessStartInfo("dotnet", [Path.GetFullPath(program), "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in info.Environment.Keys.Where(name => OurFlags.Any(ours => name.StartsWith(ours, StringComparison.OrdinalIgnoreCase))).ToList())
            info.Environment.Remove(name);
        info.Environment["FunctionsMonitor__DataPath"] = DataPath;
        foreach (var (name, value) in settings)
            info.Environment[name] = value;
        process = new Process { StartInfo = info };
    }

    /// <summary>Nothing but what a user has who sets nothing.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>();

    /// <summary>Only take events in: nothing is flushed.</summary>
    public static IReadOnlyDictionary<string, string> WithoutFlush { get; } =
        new Dictionary<string, string> { ["MONITORING_METRICS_PERSISTENCE"] = "false" };

    public IPEndPoint Address { get; private set; } = null!;

    public IReadOnlyList<int> ProcessIds => [process.Id, .. Helpers];

    /// <summary>Processes that it leaves its work to, such as a database's.</summary>
    public IReadOnlyList<int> Helpers { get; set; } = [];

    /// <summary>Where it keeps everything.</summary>
    public string DataPath { get; }

    /// <summary>What it wrote to both of its outputs.</summary>
    public string Output => output.Text;

    /// <inheritdoc cref="ProcessFigures.PeakMegabytes"/>
    public double PeakMegabytes => ProcessFigures.PeakMegabytes(process.Id);

    /// <summary>Settings for a metrics store on PostgreSQL.</summary>
    public static IReadOnlyDictionary<string, string> Over(string connectionString) =>
        new Dictionary<string, string> { ["ConnectionStrings__Postgres"] = connectionString };

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="settings">By the names of their environment variables.</param>
    /// <param name="dataPath">Somebody else's folder, that stays; null for one of its own.</param>
    /// <param name="program">Of another build; null for the one beside this program.</param>
    public static async Task<LocalHost> StartAsync(IReadOnlyDictionary<string, string> settings, string? dataPath = null, string? program = null)
    {
        var host = new LocalHost(dataPath, settings, program);
        Directory.CreateDirectory(host.DataPath);
        host.output.Start(host.process);
        using var timeout = new CancellationTokenSource(StartTimeout);
        if (await host.output.LineAsync(line => ListensOn().IsMatch(line), host.process, timeout.Token) is { } line)
        {
            host.Address = IPEndPoint.Parse(ListensOn().Match(line).Groups[1].Value);
            return host;
        }

        await host.DisposeAsync();
        throw new InvalidOperationException($"The host did not start. It said:\n{host.Output}");
    }

    public EventRequests Requests(BodyFormat format, int events, bool withInvalid) => new("/events", format, events, withInvalid, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync().WaitAsync(EndTimeout);
        process.Dispose();
        folder.Dispose();
    }

    [GeneratedRegex("listens on http://([^;]+);")]
    private static partial Regex ListensOn();
}
