using System.Globalization;

namespace FunctionsMonitor.TestSupport.Measuring;

/// <summary>What else the machine is doing: a figure without it says little.</summary>
internal static class Machine
{
    /// <summary>Processes that want to run, over one, five and fifteen minutes.</summary>
    public static string Load => File.Exists("/proc/loadavg")
        ? string.Create(CultureInfo.InvariantCulture, $"load average {string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3))} on {Environment.ProcessorCount} cores")
        : "load average unknown";
}
