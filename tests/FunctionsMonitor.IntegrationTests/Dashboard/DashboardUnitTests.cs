using System.Diagnostics;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Dashboard;

/// <summary>The page's own unit tests, which are TypeScript and run by vitest, count as one here.</summary>
public sealed class DashboardUnitTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Vitest_passes()
    {
        RequiredTool.Ensure("node");
        var folder = Path.Combine(BuildFacts.RepositoryPath, "src", "FunctionsMonitor.Http", "dashboard");
        var vitest = Path.Combine(folder, "node_modules", "vitest", "vitest.mjs");
        if (!File.Exists(vitest))
            RequiredTool.Missing("the build of the page installed no vitest.");

        var (exitCode, output, error) = await ProcessResult.OfAsync(new ProcessStartInfo("node", [vitest, "run", "--no-color"]) { WorkingDirectory = folder }, Timeout);
        Assert.True(exitCode == 0, $"{output}\n{error}");
    }
}
