using System.Globalization;
using FunctionsMonitor.Benchmarks.Postgres;
using FunctionsMonitor.Benchmarks.Scale;
using FunctionsMonitor.Benchmarks.Startup;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.Benchmarks;

/// <summary>What needs a server or a process and takes minutes: rivals that take turns, and what is measured once the data are there.</summary>
internal static class Scenarios
{
    /// <summary>All of them with next to nothing: that says nothing about speed, but that none has rotted.</summary>
    public static async Task RunOnceAsync()
    {
        await new ColdStartComparison(rounds: 1).RunOnceAsync();
        await using var server = await BenchmarkServer.StartAsync(null);
        await new WritePathComparison(server, rounds: 1, eventsPerSegment: 20_000).RunAsync();
        await new LedgerMeasurement(server).RunAsync(1_000);
        await new QueryMeasurement(server, runs: 1).RunAsync(3_000);
    }

    /// <param name="scenario"><c>--postgres</c>, <c>--scale</c>, <c>--ledger</c> or <c>--cold-start</c>.</param>
    /// <param name="arguments">
    /// How much of it, and the connection string of a server to use in place of one of its own; both may be left out. Of a cold start: programs to
    /// compare with, and a folder.
    /// </param>
    public static async Task<int> RunAsync(string scenario, string[] arguments)
    {
        var size = arguments.Where(argument => argument.All(char.IsAsciiDigit)).Select(argument => (int?)int.Parse(argument, CultureInfo.InvariantCulture)).FirstOrDefault();
        var connectionString = arguments.FirstOrDefault(argument => argument.Contains('=', StringComparison.Ordinal));
        if (scenario == "--cold-start")
        {
            await new ColdStartComparison(size ?? 20).RunAsync(
                arguments.FirstOrDefault(argument => !argument.All(char.IsAsciiDigit) && !argument.Contains('=', StringComparison.Ordinal)),
                arguments.Select(argument => argument.Split('=', 2)).Where(parts => parts.Length == 2).Select(parts => KeyValuePair.Create(parts[0], Path.GetFullPath(parts[1]))));
            return 0;
        }

        await using var server = await BenchmarkServer.StartAsync(connectionString);
        switch (scenario)
        {
            case "--postgres":
                foreach (var eventsPerSegment in (int[])[1_000, 20_000])
                    await new WritePathComparison(server, size ?? 30, eventsPerSegment).RunAsync();
                break;
            case "--scale":
                foreach (var share in (int[])[100, 10, 1])
                    await new QueryMeasurement(server).RunAsync((size ?? 10_000_000) / share);
                break;
            case "--ledger":
                foreach (var share in (int[])[10, 1])
                    await new LedgerMeasurement(server).RunAsync((size ?? 1_000_000) / share);
                break;
        }

        return 0;
    }
}
