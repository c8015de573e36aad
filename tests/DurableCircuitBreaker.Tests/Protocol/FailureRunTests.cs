using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;
using static DurableCircuitBreaker.Tests.Support.Breakers;

namespace DurableCircuitBreaker.Tests.Protocol;

public sealed class FailureRunTests
{
    [Fact]
    public void A_host_has_one_run_and_the_newest_note_replaces_the_one_before()
    {
        var record = BreakerProtocol.NoteRun(Closed(), A, 3, 2, Noon, Noon, Settings)!;
        record = BreakerProtocol.NoteRun(record, A with { Instance = "a2" }, 3, 3, Noon.AddSeconds(1), Noon.AddSeconds(2), Settings)!;
        Assert.Equal([new FailureRun(A.Host, 3, Noon.AddSeconds(1))], record.Runs);
        Assert.Equal(3, record.Epoch);
    }

    [Fact]
    public void The_longest_run_counts_and_not_the_sum()
    {
        var record = BreakerProtocol.NoteRun(Closed(), A, 3, 2, Noon, Noon, Settings)!;
        record = BreakerProtocol.NoteRun(record, B, 3, 4, Noon, Noon, Settings)!;
        record = BreakerProtocol.NoteRun(record, C, 3, 3, Noon, Noon, Settings)!;
        Assert.Equal(4, BreakerProtocol.LongestRun(record, Noon, Settings)!.Count);
    }

    [Fact]
    public void A_run_counts_until_the_end_of_the_window_and_no_longer()
    {
        var record = BreakerProtocol.NoteRun(Closed(), A, 3, 4, Noon, Noon, Settings)!;
        var end = Noon + Settings.SamplingDuration;
        Assert.Equal(4, BreakerProtocol.LongestRun(record, end.AddTicks(-1), Settings)!.Count);
        Assert.Null(BreakerProtocol.LongestRun(record, end, Settings));
        Assert.Equal([B.Host], BreakerProtocol.NoteRun(record, B, 3, 1, end, end, Settings)!.Runs.Select(run => run.Host));
    }

    [Fact]
    public void An_expired_long_run_does_not_hide_a_fresh_short_one()
    {
        var record = Closed() with { Runs = [new("old", 99, Noon.AddMinutes(-2)), new("new", 2, Noon)] };
        Assert.Equal(2, BreakerProtocol.LongestRun(record, Noon, Settings)!.Count);
    }

    [Fact]
    public void A_run_about_another_epoch_or_state_is_not_noted()
    {
        Assert.Null(BreakerProtocol.NoteRun(Closed(3), A, 2, 4, Noon, Noon, Settings));
        Assert.Null(BreakerProtocol.NoteRun(Open(), A, 4, 4, Noon, Noon, Settings));
        Assert.Null(BreakerProtocol.LongestRun(Open() with { Runs = [new("h", 3, Noon)] }, Noon, Settings));
    }

    [Fact]
    public void A_success_forgets_the_own_run_only()
    {
        var record = BreakerProtocol.NoteRun(Closed(), A, 3, 2, Noon, Noon, Settings)!;
        record = BreakerProtocol.NoteRun(record, B, 3, 4, Noon, Noon, Settings)!;
        record = BreakerProtocol.ClearRun(record, B)!;
        Assert.Equal([A.Host], record.Runs.Select(run => run.Host));
        Assert.Null(BreakerProtocol.ClearRun(record, B));
    }

    [Fact]
    public void An_opening_forgets_all_runs()
    {
        var record = BreakerProtocol.NoteRun(Closed(), B, 3, 2, Noon, Noon, Settings)!;
        record = BreakerProtocol.CastVote(record, A, 3, "down", Noon, Settings)!;
        Assert.Equal(CircuitState.Open, record.State);
        Assert.Empty(record.Runs);
    }

    [Fact]
    public void More_runs_than_a_record_may_hold_drop_the_oldest()
    {
        var runs = Enumerable.Range(0, BreakerLimits.MaxRuns).Select(i => new FailureRun($"h{i}", 1, Noon)).ToArray();
        var record = BreakerProtocol.NoteRun(Closed() with { Runs = runs }, A, 3, 1, Noon, Noon, Settings)!;
        Assert.Equal(BreakerLimits.MaxRuns, record.Runs.Count);
        Assert.Equal("h1", record.Runs[0].Host);
        Assert.Equal(A.Host, record.Runs[^1].Host);
    }
}
