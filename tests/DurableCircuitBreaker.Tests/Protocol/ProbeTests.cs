using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;
using static DurableCircuitBreaker.Tests.Support.Breakers;

namespace DurableCircuitBreaker.Tests.Protocol;

public sealed class ProbeTests
{
    private static readonly DateTimeOffset Over = Noon + Settings.BreakDuration;

    [Fact]
    public void A_grant_makes_the_circuit_half_open_and_raises_the_epoch_once()
    {
        var record = HalfOpen(B);
        Assert.Equal(Open().Epoch + 1, record.Epoch);
        Assert.Equal(new ProbeLease(B.Instance, B.Host, Over + Settings.ProbeLease), record.Probe);
        Assert.Equal(BreakerProtocol.BreakOverCause, record.Transitions[^1].Cause);
        Assert.Equal(CircuitState.HalfOpen, record.Transitions[^1].To);
    }

    [Fact]
    public void Every_further_grant_raises_the_epoch_but_is_no_transition()
    {
        var record = HalfOpen(B);
        var next = BreakerProtocol.GrantProbe(record, A, Over + Settings.ProbeLease, Settings)!;
        Assert.Equal(record.Epoch + 1, next.Epoch);
        Assert.Equal(A.Instance, next.Probe!.Owner);
        Assert.Equal(record.Transitions.Count, next.Transitions.Count);
    }

    [Fact]
    public void Enough_successes_close_the_circuit()
    {
        var record = BreakerProtocol.ProbeSucceeded(HalfOpen(B), B, 5, Over, Settings)!;
        Assert.Equal((CircuitState.HalfOpen, 1, null), (record.State, record.Successes, record.Probe));

        record = BreakerProtocol.GrantProbe(record, A, Over, Settings)!;
        record = BreakerProtocol.ProbeSucceeded(record, A, record.Epoch, Over, Settings)!;
        Assert.Equal(CircuitState.Closed, record.State);
        Assert.Equal(Over, record.ClosedAt);
        Assert.Empty(record.Votes);
        Assert.Equal((null, null, null, 0, null), (record.OpenedAt, record.OpenUntil, record.Probe, record.Successes, record.Reason));
        // How often it opened is remembered: it may open again soon.
        Assert.Equal(1, record.BreakCount);
        Assert.Equal(BreakerProtocol.ProbesSucceededCause, record.Transitions[^1].Cause);
    }

    [Fact]
    public void A_failure_opens_it_again_for_longer_and_forgets_the_successes()
    {
        var record = BreakerProtocol.ProbeSucceeded(HalfOpen(B), B, 5, Over, Settings)!;
        record = BreakerProtocol.GrantProbe(record, A, Over, Settings)!;
        record = BreakerProtocol.ProbeFailed(record, A, record.Epoch, "still down", Over, Settings)!;
        Assert.Equal((CircuitState.Open, 2, 0, A.Host), (record.State, record.BreakCount, record.Successes, record.FailedProbeHost));
        Assert.Equal(Over + 2 * Settings.BreakDuration, record.OpenUntil);
        Assert.Equal("still down", record.Reason);
        Assert.Null(record.Probe);
    }

    [Fact]
    public void A_returned_lease_can_be_had_by_anybody_at_once()
    {
        var record = BreakerProtocol.ReturnProbe(HalfOpen(A), A, 5, Over)!;
        Assert.Null(record.Probe);
        Assert.Equal(CircuitState.HalfOpen, record.State);
        Assert.Equal(DateTimeOffset.MinValue, BreakerProtocol.BidFrom(record, A, Settings));
        Assert.Equal(DateTimeOffset.MinValue, BreakerProtocol.BidFrom(record, B, Settings));
        Assert.Null(BreakerProtocol.GrantProbe(record, B, Over, Settings)!.FailedProbeHost);
    }

    [Fact]
    public void A_returned_lease_is_first_for_the_others_where_ones_own_probe_failed_last()
    {
        var failed = BreakerProtocol.ProbeFailed(HalfOpen(A), A, 5, "down", Over, Settings)!;
        var granted = BreakerProtocol.GrantProbe(failed, B, failed.OpenUntil!.Value, Settings)!;
        var returnedAt = failed.OpenUntil.Value.AddSeconds(1);
        var record = BreakerProtocol.ReturnProbe(granted, B, granted.Epoch, returnedAt)!;
        Assert.Equal(DateTimeOffset.MinValue, BreakerProtocol.BidFrom(record, C, Settings));
        Assert.Equal(returnedAt + Settings.ProbeLease, BreakerProtocol.BidFrom(record, A, Settings));
    }

    public static TheoryData<string> Late => ["another owner", "another epoch", "another state", "lease returned", "isolated", "reset", "taken over"];

    [Theory]
    [MemberData(nameof(Late))]
    public void A_result_that_comes_late_changes_nothing(string how)
    {
        var record = HalfOpen(B);
        var (member, epoch) = (B, record.Epoch);
        switch (how)
        {
            case "another owner": member = B with { Instance = "b2" }; break;
            case "another epoch": epoch--; break;
            case "another state": record = record with { State = CircuitState.Open }; break;
            case "lease returned": record = BreakerProtocol.ReturnProbe(record, B, epoch, Over)!; break;
            case "isolated": record = BreakerProtocol.Isolate(record, A, "x", Over)!; break;
            case "reset": record = BreakerProtocol.Reset(record, A, "x", Over, 5)!; break;
            default: record = BreakerProtocol.GrantProbe(record, B, Over + Settings.ProbeLease, Settings)!; break;
        }

        Assert.Null(BreakerProtocol.ProbeSucceeded(record, member, epoch, Over, Settings));
        Assert.Null(BreakerProtocol.ProbeFailed(record, member, epoch, "x", Over, Settings));
        Assert.Null(BreakerProtocol.ReturnProbe(record, member, epoch, Over));
    }

    [Theory]
    [InlineData(CircuitState.Closed)]
    [InlineData(CircuitState.Isolated)]
    public void There_is_no_probe_to_bid_for_unless_the_circuit_is_open(CircuitState state)
    {
        var record = Closed() with { State = state };
        Assert.Null(BreakerProtocol.BidFrom(record, A, Settings));
        Assert.Null(BreakerProtocol.GrantProbe(record, A, Noon, Settings));
    }

    [Fact]
    public void Anybody_may_bid_once_the_first_break_is_over()
    {
        Assert.Equal(Over, BreakerProtocol.BidFrom(Open(), A, Settings));
        Assert.Equal(Over, BreakerProtocol.BidFrom(Open(), B, Settings));
    }

    [Fact]
    public void The_host_whose_probe_failed_bids_one_lease_later_than_the_others()
    {
        var record = BreakerProtocol.ProbeFailed(HalfOpen(A), A, 5, "down", Over, Settings)!;
        Assert.Equal(record.OpenUntil, BreakerProtocol.BidFrom(record, B, Settings));
        Assert.Equal(record.OpenUntil + Settings.ProbeLease, BreakerProtocol.BidFrom(record, A, Settings));
        Assert.Equal(record.OpenUntil + Settings.ProbeLease, BreakerProtocol.BidFrom(record, A with { Instance = "a2" }, Settings));
    }

    [Fact]
    public void A_lease_that_ran_out_can_be_taken_over_and_its_host_comes_last()
    {
        var record = HalfOpen(A);
        var end = record.Probe!.Until;
        Assert.Equal(end, BreakerProtocol.BidFrom(record, B, Settings));
        Assert.Equal(end + Settings.ProbeLease, BreakerProtocol.BidFrom(record, A, Settings));

        record = BreakerProtocol.GrantProbe(record, B, end, Settings)!;
        Assert.Equal((B.Instance, A.Host), (record.Probe!.Owner, record.FailedProbeHost));
        // B's probe fails too: now B is the one who waits.
        record = BreakerProtocol.ProbeFailed(record, B, record.Epoch, "down", end, Settings)!;
        Assert.Equal(record.OpenUntil, BreakerProtocol.BidFrom(record, A, Settings));
        Assert.Equal(record.OpenUntil + Settings.ProbeLease, BreakerProtocol.BidFrom(record, B, Settings));
    }

    [Fact]
    public void A_closing_forgets_whose_probe_failed()
    {
        var record = BreakerProtocol.ProbeFailed(HalfOpen(A), A, 5, "down", Over, Settings)!;
        record = BreakerProtocol.GrantProbe(record, B, record.OpenUntil!.Value, Settings)!;
        record = BreakerProtocol.ProbeSucceeded(record, B, record.Epoch, Over, Settings with { SuccessThreshold = 1 })!;
        Assert.Equal((CircuitState.Closed, null), (record.State, record.FailedProbeHost));
    }

    [Fact]
    public void A_record_that_ends_with_the_calendar_can_be_bid_for()
    {
        var record = Open() with { OpenUntil = DateTimeOffset.MaxValue, FailedProbeHost = A.Host };
        Assert.Equal(DateTimeOffset.MaxValue, BreakerProtocol.BidFrom(record, A, Settings));
    }
}
