using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>A store that is down or slow: the breaker must never be the outage.</summary>
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

        // At once, then after 2.5 s, 5, 10, 20, 40, and from then on 60: five in the first minute, at most one in the last.
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

    [Fact]
    public async Task A_read_that_fails_after_a_later_one_was_answered_says_nothing()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        fixture.Advance(2.5);
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        await instance.SucceedAsync();
        fixture.Store.Delay = TimeSpan.Zero;
        // Only a call that finds out by itself asks while another one is under way.
        fixture.Advance(1);
        await instance.FailAsync(5);
        Assert.Equal((StoreKnowledge.Known, CircuitState.Open), (instance.Current.Store, instance.Current.State));

        // The first one's time is over: five seconds after it was sent.
        fixture.Advance(4);
        Assert.Equal((StoreKnowledge.Known, null), (instance.Current.Store, instance.Current.StoreFault));
        Assert.DoesNotContain("store unavailable", instance.Events);
        // Calls counted on it as their refresh: the next one sees to another.
        await instance.BeRejectedAsync();
        Assert.Equal(TimeSpan.Zero, instance.Current.Age);
    }
}
