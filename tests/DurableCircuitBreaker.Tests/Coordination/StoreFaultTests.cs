using System.Text;
using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>A store that is down, slow, or has something that nobody can read: the breaker must never be the outage.</summary>
public sealed class StoreFaultTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cold_call_waits_for_the_store_no_longer_than_it_may()
    {
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        var instance = fixture.Build();
        var call = instance.SucceedAsync();
        fixture.Advance(0.249);
        Assert.False(call.IsCompleted);
        fixture.Advance(0.001);
        await TestInstance.Within(call);
        Assert.Equal(["store unavailable"], instance.Events);
        // The next ones do not wait again.
        await instance.SucceedAsync();
        Assert.Equal(1, fixture.Store.Reads);
    }

    [Fact]
    public async Task Cold_calls_share_one_read()
    {
        fixture.Store.Delay = TimeSpan.FromMilliseconds(100);
        var instance = fixture.Build();
        var calls = Enumerable.Range(0, 20).Select(_ => instance.SucceedAsync()).ToArray();
        fixture.Advance(0.1);
        await TestInstance.Within(Task.WhenAll(calls));
        Assert.Equal(1, fixture.Store.Reads);
        Assert.Empty(instance.Events);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_while_it_waits_for_the_store_ends_at_once()
    {
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        var instance = fixture.Build();
        using var cancel = new CancellationTokenSource();
        var call = instance.Pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, cancel.Token).AsTask();
        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestInstance.Within(call));
    }

    [Fact]
    public async Task A_caller_who_never_waits_reports_no_store_that_was_only_not_waited_for()
    {
        fixture.Store.Delay = TimeSpan.FromMilliseconds(50);
        var instance = fixture.Build(change: options => options.ColdReadTimeout = TimeSpan.Zero);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal(1, fixture.Store.Reads);
        fixture.Advance(0.05);
        Assert.Equal(StoreKnowledge.Known, instance.Current.Store);
        // Stale: refreshed behind the call, which goes by what was known.
        fixture.Advance(100);
        await instance.SucceedAsync();
        fixture.Advance(0.05);
        Assert.Equal(2, fixture.Store.Reads);
        Assert.Empty(instance.Events);
    }

    [Fact]
    public async Task Calls_go_on_without_the_store_and_it_is_said_once()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build();
        for (var i = 0; i < 100; i++)
        {
            await instance.SucceedAsync();
            fixture.Advance(1);
        }

        Assert.Equal(["store unavailable"], instance.Events);
        Assert.Equal((StoreKnowledge.Unavailable, "IOException: unreachable"), (instance.Current.Store, instance.Current.StoreFault));
    }

    [Fact]
    public async Task Reads_of_a_store_that_is_down_back_off()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build(change: options => options.Randomizer = static () => 0.9999999);
        var reads = new List<int>();
        for (var minute = 0; minute < 6; minute++)
        {
            for (var i = 0; i < 240; i++)
            {
                await instance.SucceedAsync();
                fixture.Advance(0.25);
            }

            reads.Add(fixture.Store.Reads);
        }

        // 2.5 s, 5, 10, 20, 40, then 60: six in the first minute, one a minute from then on.
        Assert.Equal(5, reads[0]);
        Assert.InRange(reads[5] - reads[4], 0, 1);
        Assert.InRange(reads[5], 8, 12);
    }

    [Fact]
    public async Task Without_the_store_it_is_a_local_breaker_that_opens_probes_and_closes()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build();
        await instance.FailAsync(5);
        Assert.Equal(TimeSpan.FromSeconds(60), (await instance.BeRejectedAsync()).RetryAfter);
        fixture.Advance(60);
        await instance.FailAsync();
        await instance.BeRejectedAsync();
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal(
            ["store unavailable", "opened alone: InvalidOperationException: down", "probes alone", "probes alone", "probes alone", "closed alone"],
            instance.Events);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_break_that_began_without_the_store_is_told_to_all_when_it_is_back(int epochsBefore)
    {
        for (var i = 0; i < epochsBefore; i++)
        {
            await fixture.Build().Control.IsolateAsync(cancellationToken: Token);
            await fixture.Build().Control.ResetAsync(cancellationToken: Token);
        }

        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Store.Fault = null;
        fixture.Advance(5);
        await instance.BeRejectedAsync();
        Assert.Equal(CircuitState.Open, instance.Current.State);
        await fixture.Build("b").BeRejectedAsync();
    }

    [Fact]
    public async Task The_last_known_state_holds_until_its_own_end_and_then_each_probes_alone()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Store.Fault = new IOException("unreachable");
        fixture.Advance(59);
        await instance.BeRejectedAsync();
        fixture.Advance(1);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal((CircuitState.Open, true), (instance.Current.State, instance.Current.IsPassing));

        // Back, the store still says open, with its break over: the next call is the probe that all wait for.
        fixture.Store.Fault = null;
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
    }

    [Fact]
    public async Task Instances_that_go_on_alone_do_not_do_so_all_at_once()
    {
        var instance = fixture.Build(change: options => options.Randomizer = static () => 0.5);
        await instance.FailAsync(5);
        fixture.Store.Fault = new IOException("unreachable");
        fixture.Advance(60);
        Assert.Equal(TimeSpan.FromSeconds(1.25), (await instance.BeRejectedAsync()).RetryAfter);
        fixture.Advance(1.25);
        await instance.SucceedAsync();
    }

    [Fact]
    public async Task Isolated_stays_as_it_was_last_seen()
    {
        var instance = fixture.Build();
        await instance.Control.IsolateAsync("maintenance", Token);
        fixture.Store.Fault = new IOException("unreachable");
        fixture.Advance(100_000);
        Assert.IsType<IsolatedCircuitException>(await instance.BeRejectedAsync());
        await instance.BeRejectedAsync();
    }

    [Fact]
    public async Task What_could_not_be_recorded_of_a_probe_is_heeded_here_at_least()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        var probe = instance.Begin();
        fixture.Store.Fault = new IOException("unreachable");
        probe.Source.SetException(new InvalidOperationException("still down"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => TestInstance.Within(probe.Call));
        Assert.Equal("InvalidOperationException: still down", instance.Current.LocalCause);
        Assert.Equal(TimeSpan.FromSeconds(60), (await instance.BeRejectedAsync()).RetryAfter);
    }

    [Fact]
    public async Task A_success_that_could_not_be_recorded_counts_for_this_instance()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        var probe = instance.Begin();
        fixture.Store.Fault = new IOException("unreachable");
        probe.Source.SetResult();
        await TestInstance.Within(probe.Call);
        Assert.Equal((false, "InvalidOperationException: down"), (instance.Current.IsPassing, instance.Current.LocalCause));
        await instance.SucceedAsync();
        Assert.True(instance.Current.IsPassing);
    }

    [Fact]
    public async Task The_result_of_a_probe_waits_for_a_hanging_store_no_longer_than_a_call_may()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        var probe = instance.Begin();
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        probe.Source.SetResult();
        Assert.False(probe.Call.IsCompleted);
        fixture.Advance(0.25);
        await TestInstance.Within(probe.Call);
        // What comes of it is told when it is known, although no call is there any more to tell it: write, then read back, 5 s each.
        fixture.Advance(5);
        fixture.Advance(5);
        Assert.Equal("store unavailable", instance.Events[^1]);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(15, false)]
    public async Task A_lease_that_came_too_late_for_its_call_is_for_the_next_one_while_it_lasts(double secondsLater, bool probes)
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.Control.ReadAsync(Token);
        fixture.Store.Delay = TimeSpan.FromMilliseconds(300);
        var call = instance.BeRejectedAsync();
        fixture.Advance(0.25);
        await TestInstance.Within(call);
        fixture.Advance(0.05);
        Assert.Equal(CircuitState.HalfOpen, instance.Current.State);

        fixture.Store.Delay = TimeSpan.Zero;
        fixture.Advance(secondsLater);
        await (probes ? instance.SucceedAsync() : instance.BeRejectedAsync());
        Assert.Equal(probes ? 1 : 0, instance.Current.Successes);
    }

    [Fact]
    public async Task A_lease_of_an_epoch_that_is_over_is_used_by_nobody()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.Control.ReadAsync(Token);
        fixture.Store.Delay = TimeSpan.FromMilliseconds(300);
        var call = instance.BeRejectedAsync();
        fixture.Advance(0.25);
        await TestInstance.Within(call);
        fixture.Advance(0.05);
        fixture.Store.Delay = TimeSpan.Zero;

        // Reset, opened again and its break over: all that is left of the lease is that it has not run out.
        await other.Control.ResetAsync(cancellationToken: Token);
        await other.FailAsync(5);
        await instance.Control.ReadAsync(Token);
        await instance.BeRejectedAsync();
        Assert.DoesNotContain("probes for all", instance.Events);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_found_to_be_ones_own()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        fixture.Store.LostAnswers = 1;
        await instance.FailAsync(5);
        Assert.Equal(CircuitState.Open, instance.Current.State);
        Assert.Single(instance.Current.Transitions);
        fixture.Advance(60);
        // The same for the grant: taken for a lost race, nobody would use the lease.
        fixture.Store.LostAnswers = 1;
        await instance.SucceedAsync();
        fixture.Store.LostAnswers = 1;
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
        Assert.DoesNotContain("store unavailable", instance.Events);
    }

    [Fact]
    public async Task A_vote_that_could_not_be_written_is_cast_when_the_store_answers_again()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        fixture.Store.WriteFault = new IOException("read only");
        await instance.FailAsync(5);
        Assert.Equal((CircuitState.Closed, false), (instance.Current.State, instance.Current.IsPassing));
        fixture.Store.WriteFault = null;
        fixture.Advance(2.5);
        await instance.BeRejectedAsync();
        Assert.Equal(CircuitState.Open, instance.Current.State);
    }

    [Fact]
    public async Task A_store_that_can_only_be_read_does_not_keep_a_call_for_ever()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        fixture.Store.WriteFault = new IOException("read only");
        // Nobody can take the lease, or close the circuit: it would be open for ever, so each instance finds out for itself.
        for (var i = 0; i < 2; i++)
            await instance.SucceedAsync();
        Assert.InRange(fixture.Store.Writes, 2, 20);
        Assert.Equal((CircuitState.Open, true, StoreKnowledge.Unavailable), (instance.Current.State, instance.Current.IsPassing, instance.Current.Store));
    }

    [Fact]
    public async Task Between_reads_of_a_store_that_can_only_be_read_what_was_found_out_alone_stands_and_it_is_said_once()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        fixture.Store.WriteFault = new IOException("read only");
        for (var i = 0; i < 120; i++)
        {
            // Each of its reads says "open", and nothing new.
            await instance.SucceedAsync();
            fixture.Advance(5);
        }

        Assert.Equal((StoreKnowledge.Unavailable, "IOException: read only", true), (instance.Current.Store, instance.Current.StoreFault, instance.Current.IsPassing));
        Assert.Single(instance.Events, "store unavailable");
        // Backing off: twice in vain each time, soon no more than once a minute.
        Assert.InRange(fixture.Store.Writes, 20, 50);

        fixture.Store.WriteFault = null;
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal((StoreKnowledge.Known, CircuitState.Closed), (instance.Current.Store, instance.Current.State));
    }

    [Fact]
    public async Task News_from_a_store_that_can_only_be_read_is_news()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        await instance.FailAsync(5);
        fixture.Advance(60);
        fixture.Store.WriteFault = new IOException("read only");
        await instance.SucceedAsync();
        Assert.Equal(StoreKnowledge.Unavailable, instance.Current.Store);
        fixture.Store.WriteFault = null;
        await other.Control.IsolateAsync("maintenance", Token);
        fixture.Store.WriteFault = new IOException("read only");
        fixture.Advance(10);
        Assert.IsType<IsolatedCircuitException>(await instance.BeRejectedAsync());
    }

    [Fact]
    public async Task While_it_is_closed_a_store_that_can_only_be_read_is_known_and_it_is_said_once_that_it_takes_nothing()
    {
        var instance = fixture.Build(change: options => options.FailureThreshold = 1000);
        await instance.SucceedAsync();
        fixture.Store.WriteFault = new IOException("read only");
        for (var i = 0; i < 120; i++)
        {
            fixture.Advance(5);
            await instance.FailAsync();
            Assert.Equal(StoreKnowledge.Known, instance.Current.Store);
        }

        Assert.Equal(["store unavailable"], instance.Events);
        // A run that grows is noted again and again, and here in vain: twice each time, soon no more than once a minute.
        Assert.InRange(fixture.Store.Writes, 20, 50);
    }

    [Fact]
    public async Task A_call_that_reads_bids_and_probes_has_one_budget_for_it_all()
    {
        var instance = fixture.Build();
        await fixture.Build("b").FailAsync(5);
        fixture.Advance(60);
        fixture.Store.Delay = TimeSpan.FromMilliseconds(100);
        var call = instance.SucceedAsync();
        // A cold view, then the bid.
        fixture.Advance(0.1);
        Assert.DoesNotContain("probes for all", instance.Events);
        fixture.Advance(0.1);
        Assert.Contains("probes for all", instance.Events);
        // To record the result it has what is left.
        fixture.Advance(0.049);
        Assert.False(call.IsCompleted);
        fixture.Advance(0.001);
        await TestInstance.Within(call);
        // It is recorded all the same.
        fixture.Advance(0.05);
        Assert.Equal(1, instance.Current.Successes);
    }

    [Fact]
    public async Task No_call_waits_for_what_a_refresh_has_to_write()
    {
        var instance = fixture.Build(change: options => options.RefreshInterval = TimeSpan.FromSeconds(1));
        await instance.FailAsync(2);
        fixture.Store.WriteDelay = Timeout.InfiniteTimeSpan;
        fixture.Advance(1);
        await instance.FailAsync();
        Assert.Equal(1, fixture.Store.Writes);

        // Stale: it has to be read before the call, and that it can be, although the write is still under way.
        fixture.Advance(4);
        var call = instance.Pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token);
        Assert.True(call.IsCompletedSuccessfully, "The call waits for a write.");
        await call;
        Assert.Equal(TimeSpan.Zero, instance.Current.Age);
    }

    [Fact]
    public async Task Behind_a_bid_that_hangs_one_call_waits_and_the_others_are_rejected_at_once()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Store.WriteDelay = Timeout.InfiniteTimeSpan;
        fixture.Advance(60);
        await instance.Control.ReadAsync(Token);
        var first = instance.BeRejectedAsync();
        Assert.False(first.IsCompleted);
        fixture.Advance(0.25);
        await TestInstance.Within(first);
        Assert.True(instance.BeRejectedAsync().IsCompleted, "The call waits for a bid that another one has waited for in vain.");

        // Twice in vain: it cannot be written, and this instance finds out by itself. Then it can, and the next bid is waited for again.
        fixture.Advance(5);
        fixture.Advance(5);
        await instance.SucceedAsync();
        Assert.Equal(StoreKnowledge.Unavailable, instance.Current.Store);
        fixture.Store.WriteDelay = TimeSpan.Zero;
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal((StoreKnowledge.Known, CircuitState.Closed), (instance.Current.Store, instance.Current.State));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("""{"version":1,"record":{"state":77}}""")]
    [InlineData("""{"version":9,"record":{}}""")]
    public async Task What_cannot_be_read_is_unknown_said_once_and_never_overwritten(string stored)
    {
        await fixture.Store.PutAsync("test", Encoding.UTF8.GetBytes(stored));
        var instance = fixture.Build();
        await instance.FailAsync(5);
        await instance.BeRejectedAsync();
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        for (var i = 0; i < 60; i++)
        {
            fixture.Advance(10);
            await instance.SucceedAsync();
        }

        await TestInstance.Within(instance.Control.PersistAsync(Token));
        Assert.Equal(stored, await fixture.Store.TextAsync("test"));
        Assert.Equal(0, fixture.Store.Writes);
        Assert.Single(instance.Events, "unreadable");
        Assert.DoesNotContain("store unavailable", instance.Events);
        Assert.Equal(StoreKnowledge.Unreadable, instance.Current.Store);
    }

    [Fact]
    public async Task A_reset_by_hand_replaces_garbage()
    {
        await fixture.Store.PutAsync("test", "garbage"u8.ToArray());
        var instance = fixture.Build();
        await instance.FailAsync(5);
        await instance.Control.ResetAsync(cancellationToken: Token);
        await instance.SucceedAsync();
        Assert.Equal((StoreKnowledge.Known, CircuitState.Closed), (instance.Current.Store, instance.Current.State));
        await instance.FailAsync(5);
        await fixture.Build("b").BeRejectedAsync();
    }

    [Fact]
    public async Task An_isolation_by_hand_replaces_garbage_too()
    {
        await fixture.Store.PutAsync("test", "garbage"u8.ToArray());
        await fixture.Build().Control.IsolateAsync("maintenance", Token);
        Assert.IsType<IsolatedCircuitException>(await fixture.Build("b").BeRejectedAsync());
    }

    [Fact]
    public async Task Epochs_go_on_where_garbage_was_replaced()
    {
        var instance = fixture.Build();
        await instance.Control.IsolateAsync("x", Token);
        await instance.Control.ResetAsync("x", Token);
        Assert.Equal(2, instance.Current.Epoch);
        await fixture.Store.PutAsync("test", "garbage"u8.ToArray());
        await instance.Control.ResetAsync("x", Token);
        Assert.True(instance.Current.Epoch > 2);
    }

    [Fact]
    public async Task Not_even_a_reset_by_hand_replaces_a_record_of_a_later_version()
    {
        const string Newer = """{"version":2,"record":{"state":"Open"}}""";
        await fixture.Store.PutAsync("test", Encoding.UTF8.GetBytes(Newer));
        var instance = fixture.Build();
        var exception = await Assert.ThrowsAsync<BreakerStoreException>(() => instance.Control.ResetAsync(cancellationToken: Token));
        Assert.Contains("was not reset: The stored breaker state has version 2", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BreakerStoreException>(() => instance.Control.IsolateAsync(cancellationToken: Token));
        Assert.Equal(Newer, await fixture.Store.TextAsync("test"));
        // What went wrong is told although no call followed.
        Assert.Equal(["unreadable"], instance.Events);
    }

    [Fact]
    public async Task An_operator_is_told_when_the_store_did_not_take_it()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build();
        var exception = await Assert.ThrowsAsync<BreakerStoreException>(() => instance.Control.IsolateAsync(cancellationToken: Token));
        Assert.Equal("Breaker 'test' was not isolated: unreachable", exception.Message);
        Assert.IsType<IOException>(exception.InnerException);
        await instance.SucceedAsync();
    }

    [Fact]
    public async Task An_operator_may_stop_waiting()
    {
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        using var cancel = new CancellationTokenSource();
        var isolating = fixture.Build().Control.IsolateAsync(cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestInstance.Within(isolating));
    }

    [Fact]
    public async Task Reading_by_hand_shows_a_store_that_is_down_and_throws_nothing()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build();
        var read = await instance.Control.ReadAsync(Token);
        Assert.Equal((StoreKnowledge.Unavailable, "IOException: unreachable"), (read.Store, read.StoreFault));
        Assert.Equal(["store unavailable"], instance.Events);
    }

    [Fact]
    public async Task Who_looks_again_and_again_leaves_a_store_alone_that_is_down_as_calls_do()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build(change: options => options.Randomizer = static () => 0.9999999);
        for (var i = 0; i < 240; i++)
        {
            Assert.Equal(StoreKnowledge.Unavailable, (await instance.Control.RefreshAsync(Token)).Store);
            fixture.Advance(0.25);
        }

        // 2.5 s, 5, 10, 20: as for calls.
        Assert.Equal(5, fixture.Store.Reads);
        fixture.Store.Fault = null;
        fixture.Advance(60);
        Assert.Equal(StoreKnowledge.Known, (await instance.Control.RefreshAsync(Token)).Store);
        await instance.Control.RefreshAsync(Token);
        Assert.Equal(6, fixture.Store.Reads);
    }

    [Fact]
    public async Task Reads_by_hand_share_one()
    {
        fixture.Store.Delay = TimeSpan.FromSeconds(1);
        var instance = fixture.Build();
        var reading = Enumerable.Range(0, 5).Select(_ => instance.Control.ReadAsync(Token).AsTask()).ToArray();
        fixture.Advance(1);
        Assert.All(await TestInstance.Within(Task.WhenAll(reading)), read => Assert.Equal(StoreKnowledge.Known, read.Store));
        Assert.Equal(1, fixture.Store.Reads);
    }

    [Fact]
    public async Task What_a_read_by_hand_finds_is_told_at_once()
    {
        var (one, two) = (fixture.Build(), fixture.Build("b"));
        await one.FailAsync(5);
        await two.Control.ReadAsync(Token);
        Assert.Equal(["opened for all: InvalidOperationException: down"], two.Events);
    }

    [Fact]
    public async Task A_store_that_hangs_is_given_up_after_its_own_time()
    {
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        var reading = fixture.Build().Control.ReadAsync(Token).AsTask();
        fixture.Advance(4.9);
        Assert.False(reading.IsCompleted);
        fixture.Advance(0.1);
        Assert.StartsWith("TimeoutException", (await TestInstance.Within(reading)).StoreFault, StringComparison.Ordinal);
    }
}
