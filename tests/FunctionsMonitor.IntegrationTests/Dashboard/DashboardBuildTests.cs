using System.Diagnostics;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Dashboard;

/// <summary>When the build makes the page, and what it says when it cannot. Its Node is a script here that ends as a test wants.</summary>
public sealed class DashboardBuildTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder folder = new();
    private readonly string page, source, tools, calls;

    public DashboardBuildTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Node is a shell script here.");
        page = Path.Combine(folder["obj"], "dashboard", "index.html");
        source = Path.Combine(folder["dashboard"], "src", "page.ts");
        tools = folder["tools"];
        calls = folder["calls"];
        Directory.CreateDirectory(tools);
        File.CreateSymbolicLink(Path.Combine(tools, "sh"), "/bin/sh");
        Directory.CreateDirectory(Path.GetDirectoryName(source)!);
        File.WriteAllText(source, "");
        File.WriteAllText(Path.Combine(folder["dashboard"], ".npmrc"), "");
        File.Copy(Path.Combine(BuildFacts.RepositoryPath, "src", "FunctionsMonitor.Http", "dashboard", "dashboard.targets"), Path.Combine(folder["dashboard"], "dashboard.targets"));
        // As this repository has it: a warning is an error.
        File.WriteAllText(folder["page.proj"], """
            <Project>
              <PropertyGroup><MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors></PropertyGroup>
              <Import Project="dashboard/dashboard.targets" />
            </Project>
            """);
    }

    [Fact]
    public async Task The_page_is_made_once_for_what_its_sources_are()
    {
        GiveNode(exitCode: 0);
        await BuildsAsync();
        Assert.True(File.Exists(page));
        await BuildsAsync();
        Assert.Single(await File.ReadAllLinesAsync(calls, TestContext.Current.CancellationToken));

        File.SetLastWriteTimeUtc(source, File.GetLastWriteTimeUtc(page).AddSeconds(1));
        await BuildsAsync();
        Assert.Equal(2, (await File.ReadAllLinesAsync(calls, TestContext.Current.CancellationToken)).Length);
    }

    /// <param name="exitCode">Of Node; null without one.</param>
    [Theory]
    [InlineData(3)]
    [InlineData(null)]
    public async Task Without_tools_there_is_a_warning_and_no_old_page(int? exitCode)
    {
        GiveNode(exitCode: 0);
        await BuildsAsync();
        File.SetLastWriteTimeUtc(source, File.GetLastWriteTimeUtc(page).AddSeconds(1));

        GiveNode(exitCode);
        var said = await BuildsAsync();
        Assert.Contains("warning FMDASH: The dashboard was not built, so /dashboard is the plain page.", said, StringComparison.Ordinal);
        Assert.False(File.Exists(page));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(null)]
    public async Task Without_tools_CI_fails(int? exitCode)
    {
        GiveNode(exitCode);
        Assert.Contains("error : The dashboard was not built, and CI must have it", await FailsAsync(("CI", "true")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_the_page_fails_the_build_with_what_was_said()
    {
        GiveNode(exitCode: 1);
        Assert.Contains("error : The dashboard was not built: Node said this.", await FailsAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private void GiveNode(int? exitCode)
    {
        var node = Path.Combine(tools, "node");
        File.Delete(node);
        if (exitCode is null)
            return;

        File.WriteAllText(node, $"""
            #!/bin/sh
            echo "$@" >>'{calls}'
            echo 'Node said this.'
            if [ {exitCode} -eq 0 ]; then /bin/mkdir -p "$2"; : >"$2/index.html"; fi
            exit {exitCode}
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(node, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<string> BuildsAsync()
    {
        var (exitCode, output) = await BuildAsync();
        Assert.True(exitCode == 0, output);
        return output;
    }

    private async Task<string> FailsAsync(params (string Name, string Value)[] environment)
    {
        var (exitCode, output) = await BuildAsync(environment);
        Assert.True(exitCode != 0, output);
        return output;
    }

    private async Task<(int ExitCode, string Output)> BuildAsync(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", folder["page.proj"], "-t:BuildDashboard", "-nodeReuse:false", "-nologo"]);
        start.Environment["PATH"] = tools;
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment.Remove("CI");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var (exitCode, output, error) = await ProcessResult.OfAsync(start, Timeout);
        return (exitCode, output + error);
    }
}
