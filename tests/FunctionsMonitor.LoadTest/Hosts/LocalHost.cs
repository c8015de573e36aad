using System.Net;
using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Processes;

namespace FunctionsMonitor.LoadTest.Hosts;

/// <summary>The local host under load, with its default settings unless told otherwise.</summary>
internal sealed class LocalHost : ITarget
{
    private readonly TemporaryFolder folder;
    private readonly LocalHostProcess process;

    private LocalHost(TemporaryFolder folder, LocalHostProcess process)
    {
        this.folder = folder;
        this.process = process;
    }

    /// <summary>Nothing but what a user has who sets nothing.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>();

    /// <summary>Only take events in: nothing is flushed.</summary>
    public static IReadOnlyDictionary<string, string> WithoutFlush { get; } =
        new Dictionary<string, string> { ["MONITORING_METRICS_PERSISTENCE"] = "false" };

    public IPEndPoint Address => IPEndPoint.Parse(process.Address.Authority);

    public IReadOnlyList<int> ProcessIds => [process.ProcessId, .. Helpers];

    /// <summary>Processes that it leaves its work to, such as a database's.</summary>
    public IReadOnlyList<int> Helpers { get; set; } = [];

    /// <summary>What it wrote to both of its outputs.</summary>
    public string Output => $"{process.Output}\n{process.Error}";

    /// <inheritdoc cref="ProcessFigures.PeakMegabytes"/>
    public double PeakMegabytes => ProcessFigures.PeakMegabytes(process.ProcessId);

    /// <summary>Settings for a metrics store on PostgreSQL.</summary>
    public static IReadOnlyDictionary<string, string> Over(string connectionString) =>
        new Dictionary<string, string> { ["ConnectionStrings__Postgres"] = connectionString };

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="settings">By the names of their environment variables.</param>
    /// <param name="dataPath">Somebody else's folder, that stays; null for one of its own.</param>
    /// <param name="program">Of another build; null for the one beside this program.</param>
    public static async Task<LocalHost> StartAsync(IReadOnlyDictionary<string, string> settings, string? dataPath = null, string? program = null)
    {
        var folder = new TemporaryFolder();
        try
        {
            var options = new LocalHostOptions { Folder = folder.Path, Environment = settings, ReadyPath = null };
            if (dataPath is not null)
                options = options with { DataPath = dataPath };
            if (program is not null)
                options = options with { Program = Path.GetFullPath(program) };
            return new LocalHost(folder, await LocalHostProcess.StartAsync(options));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public EventRequests Requests(BodyFormat format, int events, bool withInvalid) => new("/events", format, events, withInvalid, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
