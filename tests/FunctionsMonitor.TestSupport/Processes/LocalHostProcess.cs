using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;

namespace FunctionsMonitor.TestSupport.Processes;

/// <summary>
/// The local host as a user starts it: <c>dotnet FunctionsMonitor.Local.dll</c> from its build output, in a folder and an environment of its
/// own. Every wait is bounded, and whatever still runs when it is disposed is killed.
/// </summary>
/// <example>
/// <code>
/// using var folder = new TemporaryFolder();
/// await using var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path });
/// await host.Client.PostAsync("/events", …);
/// await host.KillAsync();
/// await using var next = await LocalHostProcess.StartAsync(host.Options);   // the same data
/// </code>
/// </example>
public sealed partial class LocalHostProcess : IAsyncDisposable
{
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(50);
    private static readonly string[] OurVariables = ["ASPNETCORE_", "MONITORING_", "FunctionsMonitor", "Keys", "ConnectionStrings", "Kestrel", "Postgres"];

    private readonly Process process;
    private readonly ProcessOutput output = new();
    private readonly ProcessOutput error = new();

    private LocalHostProcess(LocalHostOptions options)
    {
        Options = options;
        process = new Process { StartInfo = StartInfo(options) };
        process.OutputDataReceived += output.Receive;
        process.ErrorDataReceived += error.Receive;
    }

    /// <summary>The local host's program, in its own build output.</summary>
    public static string ProgramPath { get; } = Path.GetFullPath(
        typeof(LocalHostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(one => one.Key == "LocalHostPath").Value!);

    public LocalHostOptions Options { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Talks to it.</summary>
    public HttpClient Client { get; private set; } = null!;

    public int ProcessId => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Standard output so far.</summary>
    public string Output => output.Text;

    /// <summary>Standard error so far.</summary>
    public string Error => error.Text;

    /// <summary>Starts it and waits until it listens and <see cref="LocalHostOptions.ReadyPath"/> answers 200.</summary>
    public static async Task<LocalHostProcess> StartAsync(LocalHostOptions options)
    {
        var host = new LocalHostProcess(options);
        try
        {
            host.Begin();
            await host.ReadyAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and waits until it ends by itself.</summary>
    public static async Task<ProcessResult> RunAsync(LocalHostOptions options)
    {
        await using var host = new LocalHostProcess(options);
        host.Begin();
        return await host.EndAsync(StartTimeout);
    }

    /// <summary>The first line of standard output that contains this text, now or later.</summary>
    public Task<string> OutputLineAsync(string part) =>
        output.LineAsync(line => line.Contains(part, StringComparison.Ordinal)).WaitAsync(StartTimeout);

    /// <summary>SIGKILL: it ends between two instructions. Returns when it is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await EndAsync(StopTimeout);
    }

    /// <summary>SIGTERM, as an orchestrator does it.</summary>
    public async Task<ProcessResult> TerminateAsync()
    {
        await Signals.TerminateAsync(process);
        return await EndAsync(StopTimeout);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        try
        {
            if (!process.HasExited)
                await KillAsync();
        }
        catch (InvalidOperationException)
        {
            // It was never started, or it ended this moment.
        }

        process.Dispose();
    }

    private static ProcessStartInfo StartInfo(LocalHostOptions options)
    {
        var info = new ProcessStartInfo("dotnet", [options.Program])
        {
            WorkingDirectory = options.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (options.Urls is { } urls)
        {
            info.ArgumentList.Add("--urls");
            info.ArgumentList.Add(urls);
        }

        foreach (var argument in options.Arguments)
            info.ArgumentList.Add(argument);
        foreach (var name in info.Environment.Keys.Where(name => OurVariables.Any(ours => name.StartsWith(ours, StringComparison.OrdinalIgnoreCase))).ToList())
            info.Environment.Remove(name);
        info.Environment["FunctionsMonitor__DataPath"] = options.DataPath;
        foreach (var (name, value) in options.Environment)
            info.Environment[name] = value;
        return info;
    }

    private void Begin()
    {
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private async Task ReadyAsync()
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        if (await output.LineAsync(line => ListensOn().IsMatch(line), process, timeout.Token) is not { } listening)
            throw new InvalidOperationException($"The host did not start. It said:\n{Output}\n{Error}");

        var bound = new Uri(ListensOn().Match(listening).Groups[1].Value);
        Address = bound.Host is "0.0.0.0" or "[::]" ? new UriBuilder(bound) { Host = "127.0.0.1" }.Uri : bound;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = StopTimeout };
        if (Options.Key is { } key)
            Client.DefaultRequestHeaders.Add("x-functions-key", key);

        if (Options.ReadyPath is not { } path)
            return;

        using var poll = new PeriodicTimer(ReadyPoll);
        do
        {
            using var response = await Client.GetAsync(new Uri(path, UriKind.Relative), timeout.Token);
            if (response.StatusCode == HttpStatusCode.OK)
                return;
        }
        while (await poll.WaitForNextTickAsync(timeout.Token));
    }

    private async Task<ProcessResult> EndAsync(TimeSpan timeout)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The host did not end within {timeout}. It said:\n{Output}\n{Error}");
        }

        await Task.WhenAll(output.Ended, error.Ended).WaitAsync(StopTimeout);
        return new ProcessResult(process.ExitCode, Output, Error);
    }

    [GeneratedRegex("listens on (http://[^;]+);")]
    private static partial Regex ListensOn();
}
