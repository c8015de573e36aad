using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;
using static DurableCircuitBreaker.Tests.Support.Breakers;

namespace DurableCircuitBreaker.Tests.Protocol;

public sealed class VoteTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_vote_that_makes_the_quorum_opens_the_circuit(int quorum)
    {
        var settings = Settings with { Quorum = quorum };
        BreakerMember[] hosts = [A, B, C];
        var record = Closed();
        for (var i = 0; i < quorum; i++)
        {
            Assert.Equal(CircuitState.Closed, record.State);
            Assert.Equal(i, record.Votes.Count);
            record = BreakerProtocol.CastVote(record, hosts[i], 3, "down", Noon, settings)!;
        }

        Assert.Equal(CircuitState.Open, record.State);
        Assert.Equal(4, record.Epoch);
        Assert.Equal(Noon, record.OpenedAt);
        Assert.Equal(Noon + settings.BreakDuration, record.OpenUntil);
        Assert.Equal("down", record.Reason);
        Assert.Equal(1, record.BreakCount);
        Assert.Equal(hosts.Take(quorum).Select(host => host.Host), record.Votes.Select(vote => vote.Host));
        var transition = Assert.Single(record.Transitions);
        var last = hosts[quorum - 1];
        Assert.Equal(new BreakerTransition(Noon, CircuitState.Closed, CircuitState.Open, last.Host, last.Instance, "down"), transition);
    }

    [Fact]
    public void One_host_has_one_vote_however_many_processes_it_runs()
    {
        var settings = Settings with { Quorum = 2 };
        var record = BreakerProtocol.CastVote(Closed(), A, 3, "down", Noon, settings)!;
        record = BreakerProtocol.CastVote(record, A with { Instance = "a2" }, 3, "still down", Noon.AddSeconds(1), settings)!;
        Assert.Equal(CircuitState.Closed, record.State);
        Assert.Equal([new BreakerVote(A.Host, Noon.AddSeconds(1), "still down")], record.Votes);
    }

    [Fact]
    public void A_vote_counts_until_the_end_of_its_window_and_no_longer()
    {
        var settings = Settings with { Quorum = 2 };
        var one = BreakerProtocol.CastVote(Closed(), A, 3, "down", Noon, settings)!;
        var end = Noon + settings.VoteWindow;
        Assert.Equal(CircuitState.Open, BreakerProtocol.CastVote(one, B, 3, "down", end.AddTicks(-1), settings)!.State);

        var late = BreakerProtocol.CastVote(one, B, 3, "down", end, settings)!;
        Assert.Equal(CircuitState.Closed, late.State);
        Assert.Equal([B.Host], late.Votes.Select(vote => vote.Host));
    }

    [Fact]
    public void A_renewed_vote_counts_from_its_renewal()
    {
        var settings = Settings with { Quorum = 2 };
        var record = BreakerProtocol.CastVote(Closed(), A, 3, "down", Noon, settings)!;
        record = BreakerProtocol.CastVote(record, A, 3, "down", Noon + settings.BreakDuration, settings)!;
        Assert.Equal(CircuitState.Open, BreakerProtocol.CastVote(record, B, 3, "down", Noon + settings.VoteWindow, settings)!.State);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_vote_about_another_epoch_is_void(long epoch) => Assert.Null(BreakerProtocol.CastVote(Closed(3), A, epoch, "down", Noon, Settings));

    [Theory]
    [InlineData(CircuitState.Open)]
    [InlineData(CircuitState.HalfOpen)]
    [InlineData(CircuitState.Isolated)]
    public void Nobody_votes_unless_the_circuit_is_closed(CircuitState state) =>
        Assert.Null(BreakerProtocol.CastVote(Closed() with { State = state }, A, 3, "down", Noon, Settings));

    [Fact]
    public void A_withdrawn_vote_counts_no_more()
    {
        var settings = Settings with { Quorum = 2 };
        var record = BreakerProtocol.CastVote(Closed(), A, 3, "down", Noon, settings)!;
        record = BreakerProtocol.WithdrawVote(record, A with { Instance = "a2" })!;
        Assert.Empty(record.Votes);
        Assert.Null(BreakerProtocol.WithdrawVote(record, A));
        Assert.Equal(CircuitState.Closed, BreakerProtocol.CastVote(record, B, 3, "down", Noon, settings)!.State);
    }

    [Fact]
    public void A_host_withdraws_its_own_vote_only()
    {
        var record = BreakerProtocol.CastVote(Closed(), A, 3, "down", Noon, Settings with { Quorum = 2 })!;
        Assert.Null(BreakerProtocol.WithdrawVote(record, B));
    }

    [Fact]
    public void The_votes_that_opened_the_circuit_stay_to_be_read_until_it_closes()
    {
        var open = Open();
        Assert.Null(BreakerProtocol.WithdrawVote(open, A));
        Assert.Single(open.Votes);
    }

    [Fact]
    public void More_votes_than_a_record_may_hold_drop_the_oldest()
    {
        var votes = Enumerable.Range(0, BreakerLimits.MaxVotes).Select(i => new BreakerVote($"h{i}", Noon, "x")).ToArray();
        var record = BreakerProtocol.CastVote(Closed() with { Votes = votes }, A, 3, "down", Noon, Settings with { Quorum = 100 })!;
        Assert.Equal(BreakerLimits.MaxVotes, record.Votes.Count);
        Assert.Equal("h1", record.Votes[0].Host);
        Assert.Equal(A.Host, record.Votes[^1].Host);
    }

    [Fact]
    public void An_opening_soon_after_the_closing_lasts_longer_up_to_the_cap()
    {
        var now = Noon;
        var record = Closed();
        int[] seconds = [60, 120, 240, 480, 600, 600];
        foreach (var expected in seconds)
        {
            record = BreakerProtocol.CastVote(record, A, record.Epoch, "down", now, Settings)!;
            Assert.Equal(now.AddSeconds(expected), record.OpenUntil);
            now = record.OpenUntil!.Value;
            record = Closing(record, now);
            now += Settings.ResetAfter - TimeSpan.FromTicks(1);
        }
    }

    [Fact]
    public void An_opening_after_a_quiet_time_starts_anew()
    {
        var record = Closing(Open() with { BreakCount = 5 }, Noon.AddMinutes(1));
        record = BreakerProtocol.CastVote(record, A, record.Epoch, "down", Noon.AddMinutes(1) + Settings.ResetAfter, Settings)!;
        Assert.Equal(1, record.BreakCount);
        Assert.Equal(record.OpenedAt + Settings.BreakDuration, record.OpenUntil);
    }

    [Fact]
    public void A_count_without_end_overflows_nothing()
    {
        var record = Closing(Open() with { BreakCount = int.MaxValue }, Noon);
        record = BreakerProtocol.CastVote(record, A, record.Epoch, "down", Noon.AddSeconds(1), Settings with { BreakGrowth = 10 })!;
        Assert.Equal(1000, record.BreakCount);
        Assert.Equal(record.OpenedAt + Settings.MaxBreakDuration, record.OpenUntil);
    }

    [Fact]
    public void Without_growth_all_breaks_are_alike() =>
        Assert.All(Enumerable.Range(0, 20), count => Assert.Equal(Settings.BreakDuration, (Settings with { BreakGrowth = 1 }).BreakOf(count)));

    private static BreakerRecord Closing(BreakerRecord record, DateTimeOffset now)
    {
        for (var i = 0; i < Settings.SuccessThreshold; i++)
        {
            record = BreakerProtocol.GrantProbe(record, A, now, Settings)!;
            record = BreakerProtocol.ProbeSucceeded(record, A, record.Epoch, now, Settings)!;
        }

        Assert.Equal(CircuitState.Closed, record.State);
        return record;
    }
}
