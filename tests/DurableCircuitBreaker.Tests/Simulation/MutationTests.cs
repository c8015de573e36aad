namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>
/// Defects planted on purpose: a simulation that cannot tell them from the real thing proves nothing. The real thing passes the same seeds
/// (<see cref="SimulationTests"/>).
/// </summary>
public sealed class MutationTests
{
    private const int Seeds = 300;

    [Theory]
    [InlineData(nameof(Mutation.LeaseNeverEnds), nameof(Invariant.Recovery))]
    [InlineData(nameof(Mutation.BlindWrite), nameof(Invariant.OneLease))]
    [InlineData(nameof(Mutation.BlindWrite), nameof(Invariant.RecordMovesForward))]
    [InlineData(nameof(Mutation.QuorumIgnored), nameof(Invariant.Quorum))]
    [InlineData(nameof(Mutation.LateResultActedOn), nameof(Invariant.LateResultChangesNothing))]
    [InlineData(nameof(Mutation.StoreFailureThrown), nameof(Invariant.StoreFailsNoCall))]
    [InlineData(nameof(Mutation.LostAnswerTakenForLostRace), nameof(Invariant.LateResultsCounted))]
    public void A_planted_defect_is_caught(string mutation, string invariant)
    {
        var caught = SimulationRuns.Run(Enum.Parse<Mutation>(mutation), SimulationRuns.FirstSeed, Seeds, Enum.Parse<Invariant>(invariant))
            .Where(result => result.Violation is not null)
            .CountBy(result => result.Violation!.Invariant)
            .ToDictionary();
        TestContext.Current.SendDiagnosticMessage($"{mutation}: {string.Join(", ", caught.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Assert.True(
            caught.ContainsKey(Enum.Parse<Invariant>(invariant)),
            $"{mutation} was to be caught by {invariant} within {Seeds} seeds, but broke {(caught.Count == 0 ? "nothing" : string.Join(", ", caught.Keys))}.");
    }
}
