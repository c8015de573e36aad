using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>Several instances and a store that answers.</summary>
public sealed class SharedStateTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_instance_opened_the_others_reject_within_the_refresh_interval()
    {
        var (one, two) = (fixture.Build(), fixture.Build("b"));
        await two.SucceedAsync();
        await one.FailAsync(5);
        // Not yet known: the view is fresh.
        await two.SucceedAsync();
        fixture.Advance(2.5);
        // This call finds the view due, has it refreshed, and by the inline answer already knows.
        await two.BeRejectedAsync();
        Assert.Equal(["opened for all: InvalidOperationException: down"], two.Events);
        Assert.Equal(TimeSpan.FromSeconds(57.5), (await two.BeRejectedAsync()).RetryAfter);
    }

    [Fact]
    public async Task A_cold_instance_decides_on_what_is_stored()
    {
        await fixture.Build().FailAsync(5);
        await fixture.Build("b").BeRejectedAsync();
    }

    [Fact]
    public async Task After_a_restart_of_every_instance_it_is_still_open_and_then_recovers()
    {
        var (one, two) = (fixture.Build(), fixture.Build("b"));
        await one.FailAsync(5);
        await two.BeRejectedAsync();

        (one, two) = (fixture.Build(), fixture.Build("b"));
        Assert.Equal(TimeSpan.FromSeconds(60), (await one.BeRejectedAsync()).RetryAfter);
        await two.BeRejectedAsync();
        fixture.Advance(60);
        await two.SucceedAsync();
        await one.Control.ReadAsync(Token);
        await one.SucceedAsync();
        Assert.Equal(CircuitState.Closed, one.Current.State);
    }

    [Fact]
    public async Task Exactly_one_instance_probes()
    {
        var instances = Enumerable.Range(0, 5).Select(i => fixture.Build($"h{i}")).ToArray();
        await instances[0].FailAsync(5);
        foreach (var instance in instances)
            await instance.BeRejectedAsync();
        fixture.Advance(60);

        var probe = instances[3].Begin();
        foreach (var instance in instances)
            await instance.BeRejectedAsync();
        Assert.Single(instances, instance => instance.Events.Contains("probes for all"));
        probe.Source.SetResult();
        await TestInstance.Within(probe.Call);
    }

    [Fact]
    public async Task The_host_whose_probe_failed_lets_the_others_try_first()
    {
        var (sick, well) = (fixture.Build("sick"), fixture.Build("well"));
        await sick.FailAsync(5);
        fixture.Advance(60);
        await sick.FailAsync();
        fixture.Advance(120);
        await sick.Control.ReadAsync(Token);
        await sick.BeRejectedAsync();
        await well.SucceedAsync();
        await well.SucceedAsync();
        Assert.Equal(CircuitState.Closed, well.Current.State);
    }

    [Fact]
    public async Task Below_the_quorum_a_host_is_cut_off_alone()
    {
        var (sick, well) = (fixture.Build("sick", Two), fixture.Build("well", Two));
        await well.SucceedAsync();
        await sick.FailAsync(5);
        Assert.Equal(TimeSpan.FromSeconds(60), (await sick.BeRejectedAsync()).RetryAfter);
        Assert.Equal(["opened alone: InvalidOperationException: down"], sick.Events);
        Assert.Equal((CircuitState.Closed, false, "InvalidOperationException: down"), (sick.Current.State, sick.Current.IsPassing, sick.Current.LocalCause));

        await well.Control.ReadAsync(Token);
        await well.SucceedAsync();
        Assert.Equal("sick", Assert.Single(well.Current.Votes).Host);
        Assert.Empty(well.Events);
    }

    [Fact]
    public async Task The_second_host_makes_the_quorum_and_opens_it_for_all()
    {
        var (one, two, three) = (fixture.Build("one", Two), fixture.Build("two", Two), fixture.Build("three", Two));
        await one.FailAsync(5);
        await two.FailAsync(5);
        Assert.Equal(["opened for all: InvalidOperationException: down"], two.Events);
        await three.BeRejectedAsync();
        // It was cut off already: nothing new for its callers.
        await one.Control.ReadAsync(Token);
        Assert.Equal((CircuitState.Open, null), (one.Current.State, one.Current.LocalCause));
        Assert.Equal(["opened alone: InvalidOperationException: down"], one.Events);
    }

    [Fact]
    public async Task Two_processes_of_one_host_are_no_quorum()
    {
        var (one, two) = (fixture.Build("host", Two), fixture.Build("host", Two));
        await one.FailAsync(5);
        await two.FailAsync(5);
        await two.Control.ReadAsync(Token);
        Assert.Equal(CircuitState.Closed, two.Current.State);
        Assert.Single(two.Current.Votes);
    }

    [Fact]
    public async Task A_local_probe_that_succeeds_withdraws_the_vote()
    {
        var instance = fixture.Build("sick", Two);
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.SucceedAsync();
        Assert.False(instance.Current.IsPassing);
        await instance.SucceedAsync();
        Assert.True(instance.Current.IsPassing);
        await instance.Control.ReadAsync(Token);
        Assert.Empty(instance.Current.Votes);
        Assert.Equal(["opened alone: InvalidOperationException: down", "probes alone", "probes alone", "closed for all"], instance.Events);
    }

    [Fact]
    public async Task A_local_probe_that_fails_renews_the_vote()
    {
        var (sick, late) = (fixture.Build("sick", Two), fixture.Build("late", Two));
        await sick.FailAsync(5);
        fixture.Advance(60);
        await sick.FailAsync();
        fixture.Advance(60);
        await sick.FailAsync();
        // The first vote would have expired just now.
        await late.FailAsync(5);
        Assert.Equal(CircuitState.Open, late.Current.State);
    }

    [Fact]
    public async Task A_vote_expires()
    {
        var (one, two) = (fixture.Build("one", Two), fixture.Build("two", Two));
        await one.FailAsync(5);
        fixture.Advance(120);
        await two.FailAsync(5);
        Assert.Equal(CircuitState.Closed, two.Current.State);
        Assert.Equal("two", Assert.Single(two.Current.Votes).Host);
    }

    [Fact]
    public async Task During_a_local_break_one_call_probes_and_the_others_are_rejected()
    {
        var instance = fixture.Build("sick", Two);
        await instance.FailAsync(5);
        fixture.Advance(60);
        var probe = instance.Begin();
        Assert.Equal(TimeSpan.FromSeconds(15), (await instance.BeRejectedAsync()).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(15), instance.Current.NextTryIn);
        probe.Source.SetResult();
        await TestInstance.Within(probe.Call);
    }

    [Fact]
    public async Task A_local_probe_that_hangs_is_replaced_and_its_result_is_late()
    {
        var instance = fixture.Build("sick", Two);
        await instance.FailAsync(5);
        fixture.Advance(60);
        var hung = new TaskCompletionSource();
        var probe = instance.Pipeline.ExecuteAsync(async _ => await hung.Task, Token).AsTask();
        fixture.Advance(14.9);
        await instance.BeRejectedAsync();
        fixture.Advance(0.1);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        hung.SetException(new InvalidOperationException("down"));
        await Assert.ThrowsAnyAsync<Exception>(() => TestInstance.Within(probe));
        Assert.True(instance.Current.IsPassing);
        Assert.Equal(1, instance.Current.LateResults);
    }

    [Fact]
    public async Task A_local_probe_that_is_cancelled_lets_the_next_call_probe_at_once()
    {
        var instance = fixture.Build("sick", Two);
        await instance.FailAsync(5);
        fixture.Advance(60);
        using var cancel = new CancellationTokenSource();
        var probe = instance.Begin(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestInstance.Within(probe.Call));
        await instance.SucceedAsync();
        Assert.Equal(["opened alone: InvalidOperationException: down", "probes alone", "probes alone"], instance.Events);
    }

    [Fact]
    public async Task A_dry_run_rejects_nothing_and_notes_on_a_record_of_its_own_what_would_have_opened()
    {
        var (real, dry) = (fixture.Build(), fixture.Build("dry", options => options.DryRun = true));
        await dry.FailAsync(50);
        Assert.Equal((CircuitState.Open, "test~dry-run"), (dry.Current.State, dry.Current.BreakerName));
        await dry.SucceedAsync();
        await real.SucceedAsync();
        Assert.Equal(CircuitState.Closed, real.Current.State);
        Assert.NotNull(await fixture.Store.TextAsync("test~dry-run"));

        fixture.Advance(60);
        await dry.SucceedAsync();
        await dry.SucceedAsync();
        Assert.Equal(CircuitState.Closed, dry.Current.State);
        Assert.Equal(["opened for all: InvalidOperationException: down", "probes for all", "probes for all", "closed for all"], dry.Events);
    }

    [Fact]
    public async Task A_dry_run_cuts_no_call_short()
    {
        var dry = fixture.Build("dry", options => options.DryRun = true);
        await dry.FailAsync(5);
        fixture.Advance(60);
        // It is the probe, and takes longer than the lease: a breaker in earnest would cancel it.
        var probe = dry.Begin();
        fixture.Advance(100);
        probe.Source.SetResult();
        await TestInstance.Within(probe.Call);
    }

    [Fact]
    public async Task Isolating_rejects_everywhere_until_somebody_resets()
    {
        var (one, two) = (fixture.Build(), fixture.Build("b"));
        await two.SucceedAsync();
        await one.Control.IsolateAsync("maintenance", Token);
        var rejection = await one.BeRejectedAsync();
        Assert.IsType<IsolatedCircuitException>(rejection);
        Assert.Null(rejection.RetryAfter);
        Assert.Equal("The circuit 'test' is isolated by hand and is not allowing calls: maintenance", rejection.Message);

        fixture.Advance(2.5);
        await two.BeRejectedAsync();
        fixture.Advance(100_000);
        await two.BeRejectedAsync();
        Assert.Null(two.Current.NextTryIn);

        await two.Control.ResetAsync("done", Token);
        await two.SucceedAsync();
        await one.SucceedAsync();
        Assert.Equal(["opened for all: maintenance", "closed for all"], one.Events);
        Assert.Equal(["maintenance", "done"], one.Current.Transitions.Select(transition => transition.Cause));
    }

    [Fact]
    public async Task A_reset_begins_with_an_empty_count_everywhere()
    {
        var (one, two) = (fixture.Build(), fixture.Build("b"));
        await one.FailAsync(5);
        await two.BeRejectedAsync();
        await two.Control.ResetAsync(cancellationToken: Token);
        fixture.Advance(2.5);
        await one.FailAsync(4);
        await two.FailAsync(4);
        Assert.True(one.Current.IsPassing);
        await one.FailAsync();
        // The first break again: how often it opened is forgotten.
        Assert.Equal(TimeSpan.FromSeconds(60), (await one.BeRejectedAsync()).RetryAfter);
    }

    [Fact]
    public async Task Failures_that_were_counted_before_the_circuit_moved_on_do_not_count_after_it()
    {
        var (one, two) = (fixture.Build(), fixture.Build("b"));
        await one.FailAsync(4);
        await two.Control.IsolateAsync(cancellationToken: Token);
        await two.Control.ResetAsync(cancellationToken: Token);
        await one.Control.ReadAsync(Token);
        await one.FailAsync(4);
        Assert.True(one.Current.IsPassing);
        await one.FailAsync();
        Assert.Equal(CircuitState.Open, one.Current.State);
    }

    [Fact]
    public async Task An_answer_that_was_overtaken_by_a_later_one_is_no_news()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        fixture.Advance(2.5);
        fixture.Store.Delay = TimeSpan.FromSeconds(2);
        // Asked while closed, and slow to come back.
        await instance.SucceedAsync();
        fixture.Store.Delay = TimeSpan.Zero;
        fixture.Advance(1);
        await instance.FailAsync(5);
        fixture.Advance(1);
        Assert.Equal(CircuitState.Open, instance.Current.State);
        await instance.BeRejectedAsync();
    }

    [Fact]
    public async Task A_reset_ends_a_local_break_too()
    {
        var (one, two) = (fixture.Build("one", Two), fixture.Build("two", Two));
        await one.FailAsync(5);
        await two.Control.ResetAsync(cancellationToken: Token);
        fixture.Advance(2.5);
        await one.SucceedAsync();
        Assert.Empty(one.Current.Votes);
        await one.FailAsync(5);
        await one.Control.ResetAsync(cancellationToken: Token);
        await one.SucceedAsync();
    }

    [Fact]
    public async Task What_an_operator_writes_is_kept_as_one_short_line()
    {
        var instance = fixture.Build();
        await instance.Control.IsolateAsync("line\nline " + new string('x', 500), Token);
        Assert.Equal("line line " + new string('x', 118), instance.Current.Reason);
        await Assert.ThrowsAsync<ArgumentNullException>(() => instance.Control.IsolateAsync(null!, Token));
    }

    [Fact]
    public async Task A_control_is_one_breakers_and_needs_a_pipeline()
    {
        var control = new DurableCircuitBreakerControl();
        Assert.Throws<InvalidOperationException>(() => control.Current);
        await Assert.ThrowsAsync<InvalidOperationException>(() => control.ResetAsync(cancellationToken: Token));
        fixture.Build(change: options => options.Control = control);
        Assert.Equal("test", control.Current.BreakerName);
        // Built anew: the same breaker.
        fixture.Build(change: options => options.Control = control);
        var exception = Assert.Throws<InvalidOperationException>(() => fixture.Build(change: options => (options.Control, options.BreakerName) = (control, "other")));
        Assert.Contains("give 'other' one of its own", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Before_the_first_call_nothing_is_known_and_nothing_was_asked()
    {
        var current = fixture.Build().Current;
        Assert.Equal((StoreKnowledge.NotRead, CircuitState.Closed, true, null), (current.Store, current.State, current.IsPassing, current.Age));
        Assert.Equal(0, fixture.Store.Calls);
    }

    [Fact]
    public async Task A_rejection_tells_the_host_whose_probe_failed_to_wait_for_its_turn()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.FailAsync();
        fixture.Advance(121);
        await instance.Control.ReadAsync(Token);

        // The break is over, and all that is left is the lease by which it comes later than the others.
        Assert.Equal(TimeSpan.FromSeconds(14), (await instance.BeRejectedAsync()).RetryAfter);
        fixture.Advance(14);
        await instance.SucceedAsync();
    }

    [Fact]
    public async Task A_reset_ends_what_another_instance_could_not_write_yet()
    {
        var (one, other) = (fixture.Build(), fixture.Build("b"));
        await one.SucceedAsync();
        await other.SucceedAsync();
        fixture.Store.WriteFault = new IOException("down");
        await other.FailAsync(5);
        fixture.Store.WriteFault = null;
        // The record is clean: the vote is only on its way.
        await one.Control.ResetAsync(cancellationToken: Token);
        fixture.Advance(3);
        await other.SucceedAsync();
        await one.Control.ReadAsync(Token);

        Assert.Equal(CircuitState.Closed, one.Current.State);
    }

    private static void Two(DurableCircuitBreakerStrategyOptions options) => options.Quorum = 2;
}
