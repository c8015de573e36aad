using System.Diagnostics;

namespace FunctionsMonitor.TestSupport.Processes;

/// <summary>How a process ended, and what it said.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program to its end. One that does not come to it in time is killed, with whatever it started.</summary>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    public static async Task<ProcessResult> OfAsync(ProcessStartInfo info, TimeSpan timeout)
    {
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        using var late = new CancellationTokenSource(timeout);
        using var process = Process.Start(info)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(late.Token);
            var error = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return new ProcessResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
