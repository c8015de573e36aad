namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>
/// Defects planted on purpose: a simulation that cannot tell them from the real thing proves nothing. The real thing passes the same seeds
/// (<see cref="SimulationTests"/>).
/// </summary>
public sealed class MutationTests
{
    /// <summary>A defect must show within so many seeds; the rarest one took 48 when this was written, most took one or two.</summary>
    private const int Seeds = 600;
    private const int Chunk = 20;

    [Theory]
    [InlineData(nameof(Mutation.LeaseNeverEnds), nameof(Invariant.Recovery))]
    [InlineData(nameof(Mutation.BlindWrite), nameof(Invariant.OneLease))]
    [InlineData(nameof(Mutation.BlindWrite), nameof(Invariant.RecordMovesForward))]
    [InlineData(nameof(Mutation.QuorumIgnored), nameof(Invariant.Quorum))]
    [InlineData(nameof(Mutation.LateResultActedOn), nameof(Invariant.LateResultChangesNothing))]
    [InlineData(nameof(Mutation.StoreFailureThrown), nameof(Invariant.StoreFailsNoCall))]
    [InlineData(nameof(Mutation.LostAnswerTakenForLostRace), nameof(Invariant.LateResultsCounted))]
    [InlineData(nameof(Mutation.LeaseShorterThanBelieved), nameof(Invariant.LeaseBelievedTooLong))]
    [InlineData(nameof(Mutation.LeaseThrownAway), nameof(Invariant.LeaseUsed))]
    [InlineData(nameof(Mutation.FailedHostForgotten), nameof(Invariant.FailedHostBidsLater))]
    [InlineData(nameof(Mutation.OldFailuresCount), nameof(Invariant.VoteBacked))]
    [InlineData(nameof(Mutation.OldAnswers), nameof(Invariant.OpenCircuitHeeded))]
    [InlineData(nameof(Mutation.IsolationNotHeard), nameof(Invariant.IsolatedHolds))]
    [InlineData(nameof(Mutation.RefreshedTooSeldom), nameof(Invariant.ViewRefreshed))]
    [InlineData(nameof(Mutation.GivesUpAtOnce), nameof(Invariant.StoreUnknownWithReason))]
    [InlineData(nameof(Mutation.WaitsTooLong), nameof(Invariant.WaitBounded))]
    [InlineData(nameof(Mutation.EveryCallReads), nameof(Invariant.FreshViewWaitsForNothing))]
    [InlineData(nameof(Mutation.RetryAfterAnHour), nameof(Invariant.RetryAfterBounded))]
    [InlineData(nameof(Mutation.HistoryGrows), nameof(Invariant.RecordBounded))]
    [InlineData(nameof(Mutation.GarbageTakenForNothing), nameof(Invariant.ForeignContentKept))]
    [InlineData(nameof(Mutation.HopsToAnotherThread), nameof(Invariant.Deterministic))]
    public void A_planted_defect_is_caught(string mutation, string invariant)
    {
        // Alone, so that no invariant hides behind another that sees the same defect sooner.
        var (planted, only) = (Enum.Parse<Mutation>(mutation), Enum.Parse<Invariant>(invariant));
        for (var run = 0; run < Seeds; run += Chunk)
        {
            var caught = SimulationRuns.Run(planted, SimulationRuns.FirstSeed + (ulong)run, Chunk, only).FirstOrDefault(result => result.Violation is not null);
            if (caught is null)
                continue;

            TestContext.Current.SendDiagnosticMessage($"{mutation}: seed {caught.Seed}, {caught.Violation!.Invariant}: {caught.Violation.What}");
            return;
        }

        Assert.Fail($"{invariant} did not see {mutation} within {Seeds} seeds.");
    }

    [Fact]
    public void Every_invariant_is_shown_to_see_a_defect_and_every_defect_is_seen()
    {
        var rows = typeof(MutationTests).GetMethod(nameof(A_planted_defect_is_caught))!.GetCustomAttributesData()
            .Where(data => data.AttributeType == typeof(InlineDataAttribute))
            .Select(data => ((IReadOnlyCollection<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!).Select(argument => (string)argument.Value!).ToArray())
            .ToList();
        Assert.Equal(Enum.GetNames<Invariant>().Order(), rows.Select(row => row[1]).Distinct().Order());
        Assert.Equal(Enum.GetNames<Mutation>().Except([nameof(Mutation.None)]).Order(), rows.Select(row => row[0]).Distinct().Order());
    }
}
