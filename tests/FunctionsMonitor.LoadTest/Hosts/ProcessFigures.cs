using System.Globalization;

namespace FunctionsMonitor.LoadTest.Hosts;

/// <summary>What the system knows of processes that run.</summary>
internal static class ProcessFigures
{
    private const int TicksPerSecond = 100;

    /// <summary>The largest part of one that was ever in memory at once, libraries included, in MB of a million bytes.</summary>
    public static double PeakMegabytes(int processId) => long.Parse(
        File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))["VmHWM:".Length..]
            .Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture) * 1024 / 1e6;

    /// <summary>Time on processors of a process and of all that it started and that still run.</summary>
    public static TimeSpan CpuTime(int processId)
    {
        var all = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0]))
            .Select(name => Stat(name!)).OfType<(int Id, int Parent, long Ticks)>().ToLookup(one => one.Parent);
        var own = all.SelectMany(one => one).FirstOrDefault(one => one.Id == processId);
        return TimeSpan.FromSeconds((double)(own.Ticks + Children(processId)) / TicksPerSecond);

        long Children(int parent) => all[parent].Sum(child => child.Ticks + Children(child.Id));
    }

    private static (int Id, int Parent, long Ticks)? Stat(string id)
    {
        try
        {
            // The name, in brackets, may contain anything.
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(id), Number(fields[1]), Number(fields[11]) + Number(fields[12]));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
