using CsCheck;
using DurableCircuitBreaker.Protocol;
using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Protocol;

/// <summary>What holds after any sequence of operations by any members, at times that mostly go forward and sometimes do not.</summary>
public sealed class BreakerProtocolPropertyTests
{
    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 40], Gen.Int[-5, 90], Gen.Int[0, 2], (operation, member, seconds, lag) => new Step(operation, member, seconds, lag));

    private static readonly Gen<BreakerSettings> AnySettings = Gen.Select(
        Gen.Int[1, 4], Gen.Int[1, 3], Gen.Double[1, 3], (quorum, successes, growth) =>
            Breakers.Settings with { Quorum = quorum, SuccessThreshold = successes, BreakGrowth = growth });

    [Fact]
    public void Any_sequence_of_operations_keeps_the_bounds() => Gen.Select(Steps.List[0, 200], AnySettings).Sample((steps, settings) =>
    {
        var record = BreakerRecord.Initial;
        var now = Breakers.Noon;
        var successes = 0;
        foreach (var step in steps)
        {
            now = now.AddSeconds(step.Seconds);
            if (Apply(step, record, now, settings) is not { } next)
                continue;

            // Epochs only grow, and with every change of state and every grant.
            Assert.True(next.Epoch >= record.Epoch);
            if (next.State != record.State || (next.Probe is not null && next.Probe != record.Probe))
                Assert.True(next.Epoch > record.Epoch, $"{step}: {record.State} to {next.State} in epoch {record.Epoch}");

            // A probe is there in the half-open state only, and follows a lease's end or return.
            Assert.True(next.Probe is null || next.State == CircuitState.HalfOpen);
            Assert.True(next.Probe is null || record.Probe is null || record.Probe == next.Probe || now >= record.Probe.Until);

            // The circuit opens from closed by a quorum of distinct hosts, each within the window.
            if (record.State == CircuitState.Closed && next.State == CircuitState.Open)
            {
                Assert.True(next.Votes.Count >= settings.Quorum);
                Assert.All(next.Votes, vote => Assert.True(now - vote.At < settings.VoteWindow));
            }

            // It closes, other than by hand, after as many successes in a row as were asked for.
            successes = next.State != CircuitState.HalfOpen && next.State != CircuitState.Closed ? 0 : step.Operation == Step.Success ? successes + 1 : successes;
            if (next.State == CircuitState.Closed && record.State == CircuitState.HalfOpen)
                Assert.True(step.Operation == Step.Reset || successes >= settings.SuccessThreshold);
            if (next.State == CircuitState.Closed)
                successes = 0;

            // A break has an end, and it is no further off than the cap.
            if (next.State == CircuitState.Open)
                Assert.InRange(next.OpenUntil!.Value - next.OpenedAt!.Value, TimeSpan.FromTicks(1), settings.MaxBreakDuration);
            Assert.Equal(next.State == CircuitState.Closed, next.Reason is null);

            // Lists are bounded, a host is in each of them once, and the history is a chain.
            Assert.InRange(next.Votes.Count, 0, BreakerLimits.MaxVotes);
            Assert.Equal(next.Votes.Count, next.Votes.DistinctBy(vote => vote.Host).Count());
            Assert.InRange(next.Runs.Count, 0, BreakerLimits.MaxRuns);
            Assert.Equal(next.Runs.Count, next.Runs.DistinctBy(run => run.Host).Count());
            Assert.InRange(next.Transitions.Count, 0, BreakerLimits.MaxTransitions);
            Assert.All(next.Transitions.Zip(next.Transitions.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
            Assert.True(next.Transitions.Count == 0 || next.Transitions[^1].To == next.State);
            record = next;
        }
    });

    [Fact]
    public void Applying_an_operation_twice_is_the_same_as_applying_it_once() => Gen.Select(Steps.List[1, 60], AnySettings).Sample((steps, settings) =>
    {
        var record = BreakerRecord.Initial;
        var now = Breakers.Noon;
        foreach (var step in steps)
        {
            now = now.AddSeconds(step.Seconds);
            if (Apply(step, record, now, settings) is not { } once)
                continue;

            // As a writer whose answer was lost does: the same operation, about the same epoch, on what is stored now.
            var twice = Apply(step, once, now, settings, record.Epoch) ?? once;
            Breakers.AssertSame(once, twice);
            record = once;
        }
    });

    [Fact]
    public void Whatever_happened_probes_that_succeed_close_the_circuit_unless_it_is_isolated() => Gen.Select(Steps.List[0, 100], AnySettings).Sample((steps, settings) =>
    {
        var record = BreakerRecord.Initial;
        var now = Breakers.Noon;
        foreach (var step in steps)
        {
            now = now.AddSeconds(step.Seconds);
            record = Apply(step, record, now, settings) ?? record;
        }

        if (record.State == CircuitState.Isolated)
            return;

        for (var i = 0; record.State != CircuitState.Closed; i++)
        {
            Assert.InRange(i, 0, settings.SuccessThreshold - 1);
            var from = BreakerProtocol.BidFrom(record, Breakers.A, settings)!.Value;
            now = from > now ? from : now;
            record = BreakerProtocol.GrantProbe(record, Breakers.A, now, settings)!;
            record = BreakerProtocol.ProbeSucceeded(record, Breakers.A, record.Epoch, now, settings)!;
        }
    });

    private static BreakerRecord? Apply(Step step, BreakerRecord record, DateTimeOffset now, BreakerSettings settings, long? about = null)
    {
        var member = new BreakerMember($"h{step.Member / 2}", $"i{step.Member}");
        // Some act on a view that is behind.
        var epoch = (about ?? record.Epoch) - (step.Lag == 2 ? 1 : 0);
        return step.Operation switch
        {
            0 => BreakerProtocol.CastVote(record, member, epoch, "x", now, settings),
            1 => BreakerProtocol.WithdrawVote(record, member),
            2 => BreakerProtocol.NoteRun(record, member, epoch, step.Seconds, now, now, settings),
            3 => BreakerProtocol.ClearRun(record, member),
            // The caller's part of the rule: no bid before its time.
            4 or 5 => BreakerProtocol.BidFrom(record, member, settings) <= now ? BreakerProtocol.GrantProbe(record, member, now, settings) : null,
            Step.Success => BreakerProtocol.ProbeSucceeded(record, Prober(record, member, step), epoch, now, settings),
            7 => BreakerProtocol.ProbeFailed(record, Prober(record, member, step), epoch, "x", now, settings),
            8 => BreakerProtocol.ReturnProbe(record, Prober(record, member, step), epoch, now),
            _ => step.Lag switch
            {
                0 => BreakerProtocol.Isolate(record, member, "x", now),
                _ => BreakerProtocol.Reset(record, member, "x", now, about ?? record.Epoch),
            },
        };
    }

    /// <summary>Mostly whoever holds the lease; a random member would hardly ever be it.</summary>
    private static BreakerMember Prober(BreakerRecord record, BreakerMember other, Step step) =>
        step.Lag != 1 && record.Probe is { } probe ? new(probe.Host, probe.Owner) : other;

    private sealed record Step(int Operation, int Member, int Seconds, int Lag)
    {
        public const int Success = 6;
        public const int Reset = 9;
    }
}
