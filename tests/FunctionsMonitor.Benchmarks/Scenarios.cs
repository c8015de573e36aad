using System.Globalization;
using FunctionsMonitor.Benchmarks.Postgres;

namespace FunctionsMonitor.Benchmarks;

/// <summary>What needs a server or a process and takes minutes: rivals that take turns, and what is measured once the data are there.</summary>
internal static class Scenarios
{
    /// <param name="scenario"><c>--postgres</c>.</param>
    /// <param name="arguments">How much of it, and the connection string of a server to use in place of one of its own; both may be left out.</param>
    public static async Task<int> RunAsync(string scenario, string[] arguments)
    {
        var size = arguments.Where(argument => argument.All(char.IsAsciiDigit)).Select(argument => (int?)int.Parse(argument, CultureInfo.InvariantCulture)).FirstOrDefault();
        var connectionString = arguments.FirstOrDefault(argument => argument.Contains('=', StringComparison.Ordinal));
        await using var server = await BenchmarkServer.StartAsync(connectionString);
        switch (scenario)
        {
            case "--postgres":
                foreach (var eventsPerSegment in (int[])[1_000, 20_000])
                    await new WritePathComparison(server, size ?? 30, eventsPerSegment).RunAsync();
                break;
        }

        return 0;
    }
}
