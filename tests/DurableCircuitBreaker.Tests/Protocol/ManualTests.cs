using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;
using static DurableCircuitBreaker.Tests.Support.Breakers;

namespace DurableCircuitBreaker.Tests.Protocol;

public sealed class ManualTests
{
    [Fact]
    public void Isolating_holds_until_somebody_resets()
    {
        var record = BreakerProtocol.Isolate(HalfOpen(A), B, "maintenance", Noon)!;
        Assert.Equal((CircuitState.Isolated, "maintenance", null, null), (record.State, record.Reason, record.OpenUntil, record.Probe));
        Assert.Equal(6, record.Epoch);
        Assert.Empty(record.Votes);
        Assert.Null(BreakerProtocol.Isolate(record, A, "again", Noon));
    }

    [Fact]
    public void A_reset_forgets_everything_but_the_history()
    {
        var record = BreakerProtocol.Reset(HalfOpen(A), B, "fixed", Noon, 5)!;
        Assert.Equal((CircuitState.Closed, 0, null, null, null), (record.State, record.BreakCount, record.ClosedAt, record.Reason, record.Probe));
        Assert.Equal(6, record.Epoch);
        Assert.Equal(
            [CircuitState.Open, CircuitState.HalfOpen, CircuitState.Closed], record.Transitions.Select(transition => transition.To));
        Assert.Equal("fixed", record.Transitions[^1].Cause);
        Assert.Null(BreakerProtocol.Reset(record, A, "again", Noon, 5));
    }

    [Fact]
    public void After_a_reset_the_next_break_is_the_first()
    {
        var record = BreakerProtocol.Reset(Open() with { BreakCount = 7 }, B, "fixed", Noon, 4)!;
        record = BreakerProtocol.CastVote(record, A, record.Epoch, "down", Noon.AddSeconds(1), Settings)!;
        Assert.Equal(1, record.BreakCount);
    }

    [Fact]
    public void A_reset_of_a_closed_circuit_forgets_votes_and_runs_and_is_no_transition()
    {
        var voted = BreakerProtocol.CastVote(Closed(), A, 3, "down", Noon, Settings with { Quorum = 2 })!;
        var reset = BreakerProtocol.Reset(voted, B, "fixed", Noon, 3)!;
        Assert.Empty(reset.Votes);
        Assert.Empty(reset.Transitions);
        // What was counted before the reset is void.
        Assert.Equal(4, reset.Epoch);

        var noted = BreakerProtocol.NoteRun(Closed(), A, 3, 2, Noon, Noon, Settings)!;
        Assert.Empty(BreakerProtocol.Reset(noted, B, "fixed", Noon, 3)!.Runs);
    }

    [Fact]
    public void A_reset_of_a_clean_circuit_ends_its_epoch_once()
    {
        var reset = BreakerProtocol.Reset(Closed(), B, "fixed", Noon, 3)!;
        Assert.Equal((CircuitState.Closed, 4), (reset.State, reset.Epoch));
        Assert.Empty(reset.Transitions);
        // Told again, because the answer was lost.
        Assert.Null(BreakerProtocol.Reset(reset, B, "fixed", Noon, 3));
        // Failures that somebody saw before it say nothing any more.
        Assert.Null(BreakerProtocol.CastVote(reset, A, 3, "down", Noon, Settings));
    }

    [Fact]
    public void The_history_goes_on_across_isolating_and_resetting_and_keeps_the_last_fifty()
    {
        var record = Closed();
        for (var i = 0; i < 30; i++)
        {
            record = BreakerProtocol.Isolate(record, A, $"isolated {i}", Noon.AddMinutes(i))!;
            record = BreakerProtocol.Reset(record, B, $"reset {i}", Noon.AddMinutes(i), record.Epoch)!;
        }

        Assert.Equal(50, BreakerLimits.MaxTransitions);
        Assert.Equal(50, record.Transitions.Count);
        Assert.Equal("isolated 5", record.Transitions[0].Cause);
        Assert.Equal("reset 29", record.Transitions[^1].Cause);
        Assert.All(record.Transitions.Zip(record.Transitions.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
    }
}
