using System.Globalization;
using FunctionsMonitor.Benchmarks.Postgres;
using FunctionsMonitor.Benchmarks.Scale;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.Benchmarks;

/// <summary>What needs a server or a process and takes minutes: rivals that take turns, and what is measured once the data are there.</summary>
internal static class Scenarios
{
    /// <summary>All of them with next to nothing: that says nothing about speed, but that none has rotted.</summary>
    public static async Task RunOnceAsync()
    {
        await using var server = await BenchmarkServer.StartAsync(null);
        await new WritePathComparison(server, rounds: 1, eventsPerSegment: 20_000).RunAsync();
        await new LedgerMeasurement(server).RunAsync(1_000);
        await new QueryMeasurement(server, runs: 1).RunAsync(3_000);
    }

    /// <param name="scenario"><c>--postgres</c>, <c>--scale</c> or <c>--ledger</c>.</param>
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
