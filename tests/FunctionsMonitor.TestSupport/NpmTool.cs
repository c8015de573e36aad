using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using FunctionsMonitor.TestSupport.Processes;

namespace FunctionsMonitor.TestSupport;

/// <summary>
/// A tool of <c>tests/tools</c> as npm installs it from the committed lock file, in the user's cache: once for all checkouts and test processes,
/// and again when the lock file changes.
/// </summary>
/// <param name="name">Its folder there.</param>
public sealed class NpmTool(string name)
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Sources = ["package.json", "package-lock.json", ".npmrc"];

    /// <summary>The folder with package.json, the lock file, and what is ours.</summary>
    public string ToolPath { get; } = Path.Combine(
        Path.GetFullPath(typeof(NpmTool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(one => one.Key == "ToolsPath").Value!), name);

    /// <summary>Installs it unless that was done, and answers with the path of its packages. Without node or npm the running test is skipped, or fails in CI.</summary>
    public async Task<string> ModulesAsync()
    {
        RequiredTool.Ensure("node", "npm");
        var target = Path.Combine(CachePath(), $"{name}-{await VersionAsync()}");
        if (!Directory.Exists(target))
            await InstallAsync(target);
        return Path.Combine(target, "node_modules");
    }

    private async Task InstallAsync(string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var timeout = new CancellationTokenSource(2 * InstallTimeout);
        await using var held = await LockAsync(target + ".lock", timeout.Token);
        if (Directory.Exists(target))
            return;

        // What a killed installation left is not to be trusted. Only a whole one gets the name.
        var unfinished = target + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
        foreach (var source in Sources)
            File.Copy(Path.Combine(ToolPath, source), Path.Combine(unfinished, source));

        var npm = await ProcessResult.OfAsync(new ProcessStartInfo("npm", ["ci"]) { WorkingDirectory = unfinished }, InstallTimeout);
        if (npm.ExitCode != 0)
            RequiredTool.Missing($"'npm ci' of {name} ended with {npm.ExitCode}:\n{npm.Output}\n{npm.Error}");
        Directory.Move(unfinished, target);
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another test process is installing.
                await Task.Delay(Poll, cancellationToken);
            }
        }
    }

    private async Task<string> VersionAsync()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var source in Sources)
            hash.AppendData(await File.ReadAllBytesAsync(Path.Combine(ToolPath, source)));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string CachePath() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "functionsmonitor");
}
