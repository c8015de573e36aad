using System.Globalization;

namespace FunctionsMonitor.TestSupport.Postgres;

/// <summary>Where PostgreSQL's programs are, and as whom they run: the server refuses to be root.</summary>
internal static class PostgresInstallation
{
    private const string DebianFolder = "/usr/lib/postgresql";

    /// <summary>The full path of one of its programs. Without it the running test is skipped, or fails in CI.</summary>
    public static string Program(string name)
    {
        if (OperatingSystem.IsWindows())
            RequiredTool.Missing("The tests start PostgreSQL by way of sh.");

        // Debian keeps all but the clients off the path, one folder a version. The programs must be of one version, so initdb decides.
        var bin = DebianFolders().Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
        if (bin is null)
            RequiredTool.Missing($"'initdb' and 'postgres' are neither on the path nor in {DebianFolder}.");
        return Path.Combine(bin!, name);
    }

    /// <summary>The user that a root process becomes for the server; null when this process is not root.</summary>
    public static string? ServerUser() =>
        Environment.UserName == "root" ? File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody" : null;

    /// <summary>The command, run as <see cref="ServerUser"/> where that is needed.</summary>
    public static IEnumerable<string> AsServer(params IEnumerable<string> command) => ServerUser() is { } user
        ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", .. command]
        : command;

    private static IEnumerable<string> DebianFolders() => Directory.Exists(DebianFolder)
        ? Directory.GetDirectories(DebianFolder)
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
        : [];
}
