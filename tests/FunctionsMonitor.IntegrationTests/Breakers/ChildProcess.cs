using System.Diagnostics;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>A second process that runs one command of <c>FunctionsMonitor.BreakerChild</c>. It ends with the test.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>One of the commands installs a package first.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(10);

    private readonly ProcessOutput output = new();

    private ChildProcess(string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var info = new ProcessStartInfo("dotnet", [BuildFacts.BreakerChildPath, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        Process = new Process { StartInfo = info };
    }

    public Process Process { get; }

    /// <summary>Everything it said.</summary>
    public string Output => output.Text;

    /// <summary>What it said when it was ready.</summary>
    public string Ready { get; private set; } = "";

    public static async Task<ChildProcess> StartAsync(string[] arguments, IReadOnlyDictionary<string, string>? environment = null, DataReceivedEventHandler? onLine = null)
    {
        var child = new ChildProcess(arguments, environment ?? new Dictionary<string, string>());
        if (onLine is not null)
            child.Process.OutputDataReceived += onLine;
        child.output.Start(child.Process);
        using var timeout = new CancellationTokenSource(StartTimeout);
        if (await child.output.LineAsync(line => line.StartsWith("ready", StringComparison.Ordinal), child.Process, timeout.Token) is { } ready)
        {
            child.Ready = ready;
            return child;
        }

        await child.DisposeAsync();
        throw new InvalidOperationException($"The child did not start. It said:\n{child.Output}");
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync().WaitAsync(Eventually.Bound);
    }

    /// <summary>Until it ends by itself, well.</summary>
    public async Task EndAsync()
    {
        await Process.WaitForExitAsync().WaitAsync(Eventually.Bound);
        Assert.True(Process.ExitCode == 0, Output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
            await KillAsync();
        Process.Dispose();
    }
}
