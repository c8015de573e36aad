namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>Thousands of seeds; a failing one prints itself and what happened.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void Every_invariant_holds_in_every_simulation()
    {
        var results = SimulationRuns.Run(Mutation.None, SimulationRuns.FirstSeed, SimulationRuns.SeedCount);
        var failed = results.Where(result => result.Violation is not null).ToList();
        foreach (var group in failed.GroupBy(result => result.Violation!.Invariant))
            TestContext.Current.TestOutputHelper!.WriteLine($"{group.Key}: {group.Count()} seeds, {string.Join(" ", group.Take(5).Select(result => result.Seed))} …");
        Assert.True(failed.Count == 0, failed.Count == 0 ? "" : SimulationRuns.Describe(failed[0], Mutation.None));
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace()
    {
        Parallel.For(0, 40, i =>
        {
            var seed = SimulationRuns.FirstSeed + (ulong)i;
            var first = Simulation.Run(seed, traced: true).Trace;
            for (var again = 0; again < 3; again++)
                Assert.Equal(first, Simulation.Run(seed, traced: true).Trace);
        });
    }

    [Fact]
    public void A_failing_seed_prints_itself_and_fails_again_in_the_same_way()
    {
        var failed = SimulationRuns.Run(Mutation.QuorumIgnored, 1, 100, Invariant.Quorum).First(result => result.Violation is not null);
        var again = Simulation.Run(failed.Seed, Mutation.QuorumIgnored, Invariant.Quorum, traced: true);
        Assert.Equal(failed.Violation, again.Violation);
        var text = SimulationRuns.Describe(failed, Mutation.QuorumIgnored);
        Assert.Contains($"SIMULATION_SEED={failed.Seed} SIMULATION_SEEDS=1", text, StringComparison.Ordinal);
        Assert.Contains(failed.Violation!.What, text, StringComparison.Ordinal);
        Assert.Matches(@"wrote #\d+ epoch \d+ Open", text);
    }

    [Fact]
    public void The_simulations_go_through_everything_that_can_go_wrong()
    {
        var all = SimulationRuns.Run(Mutation.None, 1, 100).Select(result => result.Statistics).ToList();
        TestContext.Current.SendDiagnosticMessage($"{all.Sum(one => one.Duration.TotalHours):0} hours, {all.Sum(one => one.Calls)} calls, {all.Sum(one => one.Writes)} writes");
        Assert.InRange(all.Average(one => one.Duration.TotalMinutes), 5, 60);
        Func<SimulationStatistics, int>[] counts =
        [
            one => one.Calls, one => one.Rejections, one => one.SharedProbes, one => one.LocalProbes, one => one.Writes, one => one.LostRaces, one => one.LostAnswers,
            one => one.LateWrites, one => one.Opened, one => one.Closed, one => one.Crashes, one => one.Pauses, one => one.Isolations, one => one.Unreadable,
            one => one.PassedInUnknown, one => one.GivenBack,
        ];
        // Neither now and then nor in one odd seed only.
        Assert.All(counts, count => Assert.InRange(all.Count(one => count(one) > 0), 5, 100));
    }
}
