using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FunctionsMonitor.IntegrationTests.Dashboard;

/// <summary>
/// Runs one scenario of <c>tests/tools/browser/scenarios.mjs</c>: a real Chromium over a real host. What a scenario needs from outside of the
/// page (a host that ends, a store that breaks) it asks for by a word, and waits until that is done.
/// </summary>
internal sealed partial class BrowserScenario
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);
    private static readonly string[] Browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly NpmTool Tool = new("browser");

    private readonly Dictionary<string, Func<Task>> words = [];

    /// <summary>Where pictures go, if any are made.</summary>
    public string Pictures { get; init; } = "";

    /// <summary>What the test does when the scenario says this word.</summary>
    public BrowserScenario On(string word, Func<Task> act)
    {
        words[word] = act;
        return this;
    }

    /// <summary>Runs it to its end. Without a browser, node or npm the test is skipped, or fails in CI.</summary>
    /// <returns>What it said beside.</returns>
    public async Task<string> RunAsync(string name, Uri host)
    {
        var modules = await Tool.ModulesAsync();
        var info = new ProcessStartInfo("node", [Path.Combine(Tool.ToolPath, "run.mjs"), name, host.ToString(), modules, FindBrowser(), Pictures])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var cancellationToken = TestContext.Current.CancellationToken;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var said = await ServeAsync(process, cancellationToken).WaitAsync(Timeout, cancellationToken);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(Timeout, cancellationToken);
            Assert.True(process.ExitCode == 0, $"'{name}' failed:\n{await errors}\n{said}");
            return said;
        }
        finally
        {
            // The browser is a child of node and goes with it.
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private async Task<string> ServeAsync(Process process, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (Request().Match(line) is not { Success: true } request)
            {
                said.Add(line);
                continue;
            }

            await words[request.Groups[1].Value]();
            await process.StandardInput.WriteLineAsync("null".AsMemory(), cancellationToken);
            await process.StandardInput.FlushAsync(cancellationToken);
        }

        return string.Join('\n', said);
    }

    private static string FindBrowser()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var name in Browsers)
            {
                if (File.Exists(Path.Combine(folder, name)))
                    return Path.Combine(folder, name);
            }
        }

        RequiredTool.Missing($"there is no browser on the path; any of {string.Join(", ", Browsers)} will do.");
        throw new UnreachableException();
    }

    [GeneratedRegex("^> ([a-z]+) ")]
    private static partial Regex Request();
}
