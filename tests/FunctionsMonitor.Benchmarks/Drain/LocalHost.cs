using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using FunctionsMonitor.TestSupport.Processes;

namespace FunctionsMonitor.Benchmarks.Drain;

/// <summary>The local host as a process of its own, with its default settings.</summary>
internal sealed class LocalHost : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly ProcessOutput output = new();

    private LocalHost(string dataPath, string connectionString)
    {
        var program = typeof(LocalHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(one => one.Key == "LocalHostPath").Value!;
        var info = new ProcessStartInfo("dotnet", [Path.GetFullPath(program), "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = dataPath,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["FunctionsMonitor__DataPath"] = dataPath;
        info.Environment["ConnectionStrings__Postgres"] = connectionString;
        process = new Process { StartInfo = info };
    }

    /// <summary>What it wrote to both of its outputs.</summary>
    public string Output => output.Text;

    /// <summary>The largest part of it that was ever in memory at once, libraries included, in MB of a million bytes.</summary>
    public double PeakMegabytes => Status("VmHWM:") / 1e3 * 1.024;

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<LocalHost> StartAsync(string dataPath, string connectionString)
    {
        var host = new LocalHost(Directory.CreateDirectory(dataPath).FullName, connectionString);
        host.output.Start(host.process);
        using var timeout = new CancellationTokenSource(StartTimeout);
        if (await host.output.LineAsync(line => line.Contains("listens on", StringComparison.Ordinal), host.process, timeout.Token) is not null)
            return host;

        host.Dispose();
        throw new InvalidOperationException($"The host did not start. It said:\n{host.Output}");
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    private long Status(string name) => long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);
}
