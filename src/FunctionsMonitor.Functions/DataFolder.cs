using Microsoft.Extensions.Configuration;

namespace FunctionsMonitor.Functions;

/// <summary>Where the embedded stores keep their files while this app has no others.</summary>
internal static class DataFolder
{
    /// <summary>
    /// <c>FunctionsMonitor:DataPath</c>, else a folder below <c>HOME</c>, else below the user's. It must be the same for every life of the
    /// host, and must not be below the app's own files, which a deployment replaces.
    /// </summary>
    public static string Find(IConfiguration configuration) => Path.GetFullPath(
        configuration["FunctionsMonitor:DataPath"] is { Length: > 0 } path
            ? path
            : Path.Combine(
                Environment.GetEnvironmentVariable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                "data", "functionsmonitor"));
}
