using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FunctionsMonitor.TestSupport.Processes;

namespace FunctionsMonitor.TestSupport.Azurite;

/// <summary>
/// A real Azurite (blobs, queues, tables) on free loopback ports, with an account of its own and its data in a temporary folder. It can be
/// stopped and started again on the same ports, and ends with the test process whatever that ends by.
/// </summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    private const string Account = "functionsmonitor";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private static readonly NpmTool Tool = new("azurite");
    private static readonly string[] Services = ["blob", "queue", "table"];

    private readonly string program;
    private readonly string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, int> ports = Services.ToDictionary(service => service, _ => 0);
    private Process? process;

    private AzuriteServer(string program) => this.program = program;

    /// <summary>For the client libraries.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};BlobEndpoint={Endpoint("blob")};QueueEndpoint={Endpoint("queue")};TableEndpoint={Endpoint("table")};";

    /// <summary>For the test that it does not outlive its parent.</summary>
    public int ProcessId => process?.Id ?? throw new InvalidOperationException("It is stopped.");

    /// <summary>Starts one. Without node or npm the running test is skipped, or fails in CI.</summary>
    public static async Task<AzuriteServer> StartAsync()
    {
        var server = new AzuriteServer(Path.Combine(await Tool.ModulesAsync(), "azurite", "dist", "src", "azurite.js"));
        try
        {
            await server.ResumeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it in good order: what was written is there again after <see cref="ResumeAsync"/>. Until then connections are refused.</summary>
    public async Task StopAsync()
    {
        if (process is not { } running)
            return;

        process = null;
        using (running)
        {
            await Signals.TerminateAsync(running);
            await running.WaitForExitAsync().WaitAsync(StopTimeout);
        }
    }

    /// <summary>Starts it, with its data and on its ports if it ran before.</summary>
    public async Task ResumeAsync()
    {
        var output = new ProcessOutput();
        process = new Process { StartInfo = StartInfo() };
        output.Start(process);

        using var timeout = new CancellationTokenSource(StartTimeout);
        foreach (var service in Services)
        {
            var listening = await output.LineAsync(
                line => ListensAt().Match(line) is { Success: true } match && match.Groups[1].Value.Equals(service, StringComparison.OrdinalIgnoreCase), process, timeout.Token);
            if (listening is null)
                throw new InvalidOperationException($"Azurite did not start. It said:\n{output.Text}");
            ports[service] = new Uri(ListensAt().Match(listening).Groups[2].Value).Port;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { } running)
        {
            process = null;
            using (running)
            {
                if (!running.HasExited)
                    running.Kill();
                await running.WaitForExitAsync().WaitAsync(StopTimeout);
            }
        }

        folder.Dispose();
    }

    private string Endpoint(string service) => $"http://127.0.0.1:{ports[service]}/{Account}";

    private ProcessStartInfo StartInfo()
    {
        // Standard input stays open as long as this process lives; see preload.js.
        var info = new ProcessStartInfo("node", ["--require", Path.Combine(Tool.ToolPath, "preload.js"), program])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (service, port) in ports)
        {
            info.ArgumentList.Add($"--{service}Host");
            info.ArgumentList.Add("127.0.0.1");
            info.ArgumentList.Add($"--{service}Port");
            info.ArgumentList.Add($"{port}");
        }

        foreach (var argument in new[] { "--location", folder.Path, "--silent", "--skipApiVersionCheck", "--disableTelemetry" })
            info.ArgumentList.Add(argument);
        info.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{key}";
        return info;
    }

    [GeneratedRegex("^Azurite (Blob|Queue|Table) service is successfully listening at (http://.+)$")]
    private static partial Regex ListensAt();
}
