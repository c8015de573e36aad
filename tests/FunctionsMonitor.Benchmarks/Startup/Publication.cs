using System.Diagnostics;
using FunctionsMonitor.TestSupport.Processes;

namespace FunctionsMonitor.Benchmarks.Startup;

/// <summary><c>dotnet publish</c> as a user types it, into a folder of its own; what is there already is taken as it is.</summary>
internal static class Publication
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <param name="project">The project's file.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="options">Such as <c>-p:PublishReadyToRun=true</c>.</param>
    /// <returns>The program.</returns>
    public static async Task<string> MakeAsync(string project, string folder, params string[] options)
    {
        var program = Path.Combine(folder, Path.GetFileNameWithoutExtension(project));
        if (File.Exists(program))
            return program;

        var output = new ProcessOutput();
        using var process = new Process
        {
            StartInfo = new("dotnet", ["publish", project, "--configuration", "Release", "--output", folder, "--nologo", .. options])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        // A node that stayed would hold our outputs open.
        process.StartInfo.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        output.Start(process);
        await process.WaitForExitAsync().WaitAsync(Patience);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{project} was not published with {string.Join(' ', options)}:\n{output.Text}");

        return program;
    }
}
