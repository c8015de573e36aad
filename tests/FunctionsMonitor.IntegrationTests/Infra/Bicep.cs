using System.Diagnostics;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Infra;

/// <summary>The Bicep compiler, as a package of NuGet.</summary>
internal static class Bicep
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Every file that is deployed by itself: the template, and the parameters.</summary>
    public static string[] Files { get; } = ["main.bicep", "main.bicepparam", "parameters/dev.bicepparam", "parameters/prod.bicepparam"];

    public static string Folder { get; } = Path.Combine(BuildFacts.RepositoryPath, "infra-bicep");

    /// <summary>Runs it in the folder of the templates.</summary>
    public static async Task<ProcessResult> RunAsync(params string[] arguments)
    {
        if (!File.Exists(BuildFacts.BicepPath))
            RequiredTool.Missing("There is no Bicep compiler for this system among the packages.");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(BuildFacts.BicepPath, File.GetUnixFileMode(BuildFacts.BicepPath) | UnixFileMode.UserExecute);

        return await ProcessResult.OfAsync(new ProcessStartInfo(BuildFacts.BicepPath, arguments) { WorkingDirectory = Folder }, Timeout);
    }
}
