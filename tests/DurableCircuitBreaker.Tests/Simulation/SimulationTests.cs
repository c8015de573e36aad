namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>Thousands of seeds; a failing one prints itself and what happened.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void Every_invariant_holds_in_every_simulation()
    {
        var results = SimulationRuns.Run(Mutation.None, SimulationRuns.FirstSeed, SimulationRuns.SeedCount);
        var failed = results.Where(result => result.Violation is not null).ToList();
        foreach (var group in failed.GroupBy(f => f.Violation!.Invariant))
            TestContext.Current.TestOutputHelper!.WriteLine($"{group.Key}: {group.Count()}, e.g. seeds {string.Join(" ", group.Take(5).Select(g => g.Seed))}");
        Assert.True(failed.Count == 0, failed.Count == 0 ? "" : SimulationRuns.Describe(failed[0], Mutation.None));
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace()
    {
        Parallel.For(0, 60, i =>
        {
            var seed = SimulationRuns.FirstSeed + (ulong)i;
            var first = Simulation.Run(seed, traced: true).Trace;
            for (var again = 0; again < 3; again++)
                Assert.Equal(first, Simulation.Run(seed, traced: true).Trace);
        });
    }
}
