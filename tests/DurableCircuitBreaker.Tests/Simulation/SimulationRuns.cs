using System.Globalization;
using System.Text;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>Runs many simulations, each on one thread, several at a time.</summary>
internal static class SimulationRuns
{
    /// <summary>The environment variable with the number of seeds; for a night's worth of them.</summary>
    public const string CountVariable = "SIMULATION_SEEDS";

    /// <summary>The environment variable with the first seed; with a count of 1, the only one.</summary>
    public const string SeedVariable = "SIMULATION_SEED";

    private const int DefaultCount = 3000;

    public static ulong FirstSeed => ulong.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    public static int SeedCount => int.TryParse(Environment.GetEnvironmentVariable(CountVariable), CultureInfo.InvariantCulture, out var count) ? count : DefaultCount;

    /// <summary>The results in the order of the seeds.</summary>
    public static IReadOnlyList<SimulationResult> Run(Mutation mutation, ulong firstSeed, int count, Invariant? only = null)
    {
        var results = new SimulationResult[count];
        Parallel.For(0, count, i => results[i] = Simulation.Run(firstSeed + (ulong)i, mutation, only));
        return results;
    }

    /// <summary>A failed seed with the end of what led to it, from a second run of it.</summary>
    public static string Describe(SimulationResult failed, Mutation mutation)
    {
        const int Lines = 200;
        var again = Simulation.Run(failed.Seed, mutation, failed.Violation!.Invariant, traced: true);
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"Seed {failed.Seed} ({SeedVariable}={failed.Seed} {CountVariable}=1) broke {failed.Violation.Invariant} ")
            .AppendLine(CultureInfo.InvariantCulture, $"at {failed.Violation.At}: {failed.Violation.What}")
            .AppendLine(again.Trace[0]);
        // Calls that pass and are answered are most of it, and tell least.
        var telling = again.Trace.Skip(1).Where(line => !line.Contains(" passed ", StringComparison.Ordinal) || !line.EndsWith(": ok", StringComparison.Ordinal)).ToList();
        if (telling.Count > Lines)
            text.AppendLine(CultureInfo.InvariantCulture, $"… {telling.Count - Lines} lines …");
        foreach (var line in telling.TakeLast(Lines))
            text.AppendLine(line);
        return text.ToString();
    }
}
