using System.Diagnostics;
using System.Globalization;

namespace FunctionsMonitor.TestSupport.Processes;

/// <summary>POSIX signals to a process that the test started.</summary>
public static class Signals
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Asks it to end.</summary>
    public static Task TerminateAsync(Process process) => SendAsync(process, "TERM");

    /// <summary>Stops it between two instructions; its connections stay open and nobody answers.</summary>
    public static Task PauseAsync(Process process) => SendAsync(process, "STOP");

    public static Task ResumeAsync(Process process) => SendAsync(process, "CONT");

    private static async Task SendAsync(Process process, string signal)
    {
        var id = process.Id.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start(new ProcessStartInfo("sh", ["-c", "kill -\"$0\" \"$1\"", signal, id]))!;
        await kill.WaitForExitAsync().WaitAsync(Timeout);
        Assert.Equal(0, kill.ExitCode);
    }
}
