using System.Diagnostics;
using System.Net;
using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Hosts;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Network;
using FunctionsMonitor.TestSupport.Processes;

namespace FunctionsMonitor.LoadTest.Rivals;

/// <summary>A rival as a process of its own, on a free port of 127.0.0.1, with its data in the system's temporary folder, where ours are too.</summary>
internal sealed class RivalServer : ITarget
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly TemporaryFolder folder = new();
    private readonly ProcessOutput output = new();
    private Process process = null!;

    private RivalServer()
    {
    }

    public IPEndPoint Address { get; } = new(IPAddress.Loopback, FreePort.Next());

    public IReadOnlyList<int> ProcessIds => [process.Id, .. Helpers];

    /// <summary>Processes that it leaves its work to, and that somebody else ends.</summary>
    public IReadOnlyList<int> Helpers { get; init; } = [];

    /// <summary>Where to post to.</summary>
    public required string Path { get; init; }

    /// <summary>The only one it takes.</summary>
    public required BodyFormat Format { get; init; }

    /// <summary>InfluxDB as its package comes, but that it syncs its log with each request, which is said to be its default too, and that it reports to nobody.</summary>
    public static async Task<RivalServer> StartInfluxAsync(string program)
    {
        var server = new RivalServer { Path = "/write?db=load", Format = BodyFormat.LineProtocol };
        var config = server.folder["influxdb.conf"];
        await File.WriteAllTextAsync(config, $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{FreePort.Next()}"
            [meta]
              dir = "{server.folder["meta"]}"
            [data]
              dir = "{server.folder["data"]}"
              wal-dir = "{server.folder["wal"]}"
              wal-fsync-delay = "0s"
            [monitor]
              store-enabled = false
            [http]
              bind-address = "{server.Address}"
              log-enabled = false
            """);
        await server.StartAsync(new ProcessStartInfo(program, ["run", "-config", config]), "/ping");
        using var http = server.Client();
        using var made = await http.PostAsync(new Uri("/query?q=CREATE+DATABASE+load", UriKind.Relative), null);
        made.EnsureSuccessStatusCode();
        return server;
    }

    /// <summary>VictoriaMetrics as its package comes; it has no setting that would make data durable before the answer.</summary>
    public static async Task<RivalServer> StartVictoriaAsync(string program)
    {
        var server = new RivalServer { Path = "/write", Format = BodyFormat.LineProtocol };
        await server.StartAsync(
            new ProcessStartInfo(program, [$"-storageDataPath={server.folder["data"]}", $"-httpListenAddr={server.Address}"]), "/health");
        return server;
    }

    /// <summary>This program once more, as <see cref="NaiveEndpoint"/>.</summary>
    /// <param name="connectionString">Of the database that it inserts into.</param>
    /// <param name="databaseProcess">The process that all of the database's are children of.</param>
    public static async Task<RivalServer> StartNaiveAsync(string connectionString, int databaseProcess)
    {
        var server = new RivalServer { Path = "/events", Format = BodyFormat.Json, Helpers = [databaseProcess] };
        // Not this process's own path: that is 'dotnet' or the program itself, as it was started, and they take different arguments.
        var info = new ProcessStartInfo("dotnet", [typeof(RivalServer).Assembly.Location, NaiveEndpoint.Command, $"http://{server.Address}"]);
        info.Environment[NaiveEndpoint.ConnectionVariable] = connectionString;
        // As every web project has it, the local host too; this program has not.
        info.Environment["DOTNET_gcServer"] = "1";
        info.Environment["DOTNET_gcConcurrent"] = "1";
        await server.StartAsync(info, "/health");
        return server;
    }

    public EventRequests Requests(BodyFormat format, int events, bool withInvalid) =>
        new(Path, Format, events, withInvalid, TimeProvider.System) { Expected = default };

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync().WaitAsync(EndTimeout);
            process.Dispose();
        }

        folder.Dispose();
    }

    private async Task StartAsync(ProcessStartInfo info, string readyPath)
    {
        info.WorkingDirectory = folder.Path;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        process = new Process { StartInfo = info };
        output.Start(process);
        using var http = Client();
        using var timeout = new CancellationTokenSource(StartTimeout);
        using var poll = new PeriodicTimer(Poll);
        try
        {
            while (await poll.WaitForNextTickAsync(timeout.Token) && !process.HasExited)
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri(readyPath, UriKind.Relative), timeout.Token);
                    if (answer.IsSuccessStatusCode)
                        return;
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        await DisposeAsync();
        throw new InvalidOperationException($"'{info.FileName}' did not start. It said:\n{output.Text}");
    }

    private HttpClient Client() => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{Address}") };
}
