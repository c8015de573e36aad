using DurableCircuitBreaker.Tests.Support;
using Polly;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>What a review found, each by the sequence of events that showed it.</summary>
public sealed class ReviewedTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_was_noted_is_over_once_the_hosts_own_probes_succeed()
    {
        var instance = fixture.Build(change: options =>
        {
            options.Quorum = 2;
            options.SamplingDuration = TimeSpan.FromMinutes(10);
        });
        await instance.FailAsync(4);
        await TestInstance.Within(instance.Control.PersistAsync(Token));
        await instance.FailAsync();
        fixture.Advance(61);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        await TestInstance.Within(instance.Control.PersistAsync(Token));

        Assert.Empty(instance.Current.Votes);
        Assert.Contains("\"runs\":[]", await fixture.Store.TextAsync(BreakerFixture.Name), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_is_switched_off_by_a_reload_that_takes_its_control_along()
    {
        var instance = fixture.Build(change: options => options.DryRun = true);
        new ResiliencePipelineBuilder { TimeProvider = fixture.Time }.AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions
        {
            BreakerName = BreakerFixture.Name,
            Store = fixture.Store,
            Control = instance.Control,
        }).Build();

        Assert.Equal(BreakerFixture.Name, instance.Current.BreakerName);
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

    [Fact]
    public async Task Where_epochs_begin_anew_a_lease_is_not_taken_for_one_that_was_used()
    {
        var instance = fixture.Build(change: options => options.SuccessThreshold = 1);
        for (var i = 0; i < 2; i++)
        {
            await instance.FailAsync(5);
            fixture.Advance(60);
            await instance.SucceedAsync();
            Assert.Equal(CircuitState.Closed, instance.Current.State);
            // Somebody deletes it: the next leases have the same epochs.
            fixture.Store.Forget();
            await instance.Control.ReadAsync(Token);
            Assert.Equal(0, instance.Current.Epoch);
        }
    }

    [Fact]
    public async Task A_run_that_a_success_ends_while_it_is_being_written_is_not_left_behind()
    {
        var instance = fixture.Build();
        await instance.FailAsync(3);
        fixture.Store.WriteDelay = TimeSpan.FromMilliseconds(100);
        var noting = instance.Control.PersistAsync(Token);
        await instance.SucceedAsync();
        var persisting = instance.Control.PersistAsync(Token);
        fixture.Advance(0.1);
        fixture.Advance(0.1);
        await TestInstance.Within(Task.WhenAll(noting, persisting));

        Assert.Contains("\"runs\":[]", await fixture.Store.TextAsync(BreakerFixture.Name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_becomes_of_a_command_that_nobody_waits_for_any_more_is_no_defect_of_the_program()
    {
        var unobserved = 0;
        void Note(object? sender, UnobservedTaskExceptionEventArgs args) =>
            unobserved += args.Exception.ToString().Contains("nobody waits for", StringComparison.Ordinal) ? 1 : 0;
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await IsolateAndLeaveAsync(fixture.Build());
            // Off the stack that it ended on, which still holds its task.
            await Task.Yield();
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Equal(0, unobserved);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private async Task IsolateAndLeaveAsync(TestInstance instance)
    {
        fixture.Store.Delay = TimeSpan.FromSeconds(1);
        using var cancel = new CancellationTokenSource();
        var isolating = instance.Control.IsolateAsync("x", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestInstance.Within(isolating));
        fixture.Store.Fault = new IOException("nobody waits for this");
        fixture.Advance(1);
    }
}
