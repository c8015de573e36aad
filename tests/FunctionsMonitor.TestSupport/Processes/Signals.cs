using System.Diagnostics;
using System.Globalization;

namespace FunctionsMonitor.TestSupport.Processes;

/// <summary>POSIX signals to a process that the test started.</summary>
public static class Signals
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Asks it to end.</summary>
    public static Task TerminateAsync(Process process) => SendAsync(process.Id, "TERM");

    /// <summary>Stops it between two instructions; its connections stay open and nobody answers.</summary>
    public static Task PauseAsync(Process process) => SendAsync(process.Id, "STOP");

    public static Task ResumeAsync(Process process) => SendAsync(process.Id, "CONT");

    /// <summary>Any signal, by its name without <c>SIG</c>, to a process that is a child's child.</summary>
    public static async Task SendAsync(int processId, string signal)
    {
        var id = processId.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start(new ProcessStartInfo("sh", ["-c", "kill -\"$0\" \"$1\"", signal, id]))!;
        await kill.WaitForExitAsync().WaitAsync(Timeout);
        Assert.Equal(0, kill.ExitCode);
    }
}
