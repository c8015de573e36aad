using System.Diagnostics;
using System.Text.Json;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Infra;

/// <summary>How the two programs are published, as MSBuild sees it: nothing is built here.</summary>
public sealed class PublishedProgramsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("FunctionsMonitor.Functions", "linux-x64")]
    [InlineData("FunctionsMonitor.Local", null)]
    public async Task A_publish_compiles_ahead_for_one_platform_and_brings_no_runtime(string project, string? platform)
    {
        var published = await PropertiesAsync(project, "-p:_IsPublishing=true");
        Assert.Equal(("true", "false"), (published("PublishReadyToRun"), published("SelfContained")));
        Assert.NotEmpty(published("RuntimeIdentifier"));
        Assert.Equal(platform ?? published("NETCoreSdkPortableRuntimeIdentifier"), published("RuntimeIdentifier"));
    }

    [Theory]
    [InlineData("FunctionsMonitor.Functions")]
    [InlineData("FunctionsMonitor.Local")]
    public async Task A_build_needs_no_compiler_of_that_kind_and_stays_in_its_folder(string project)
    {
        var built = await PropertiesAsync(project);
        Assert.Equal(("", ""), (built("PublishReadyToRun"), built("RuntimeIdentifier")));
    }

    [Fact]
    public async Task A_publish_can_do_without()
    {
        var published = await PropertiesAsync("FunctionsMonitor.Local", "-p:_IsPublishing=true", "-p:PublishReadyToRun=false");
        Assert.Equal(("false", ""), (published("PublishReadyToRun"), published("RuntimeIdentifier")));
    }

    private static async Task<Func<string, string>> PropertiesAsync(string project, params string[] options)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["msbuild", Path.Combine(BuildFacts.RepositoryPath, "src", project, project + ".csproj"), "-nodeReuse:false",
                "-getProperty:PublishReadyToRun,SelfContained,RuntimeIdentifier,NETCoreSdkPortableRuntimeIdentifier", .. options])
        { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        var properties = JsonElement.Parse(output).GetProperty("Properties");
        return name => properties.GetProperty(name).GetString()!;
    }
}
