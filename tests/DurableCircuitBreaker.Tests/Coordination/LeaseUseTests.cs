using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>What becomes of a lease: who has it uses it, gives it back, or outlives it.</summary>
public sealed class LeaseUseTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_probe_that_its_lease_cuts_off_has_failed_whatever_the_predicate_thinks_of_timeouts()
    {
        var instance = fixture.Build(change: options =>
        {
            options.SuccessThreshold = 1;
            options.ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is InvalidOperationException);
        });
        await instance.FailAsync(5);
        fixture.Advance(60);
        var (call, _) = instance.Begin(Token);
        fixture.Advance(15);
        await Assert.ThrowsAnyAsync<Exception>(() => TestInstance.Within(call));

        Assert.NotEqual(CircuitState.Closed, instance.Current.State);
    }

    [Fact]
    public async Task Who_asks_before_calling_hears_of_a_lease_that_came_too_late_for_the_call_that_bid()
    {
        var instance = fixture.Build();
        await OpenWithALateLeaseAsync(instance);
        Assert.Equal(TimeSpan.Zero, instance.Current.NextTryIn);
        await instance.SucceedAsync();
        Assert.Equal(1, instance.Current.Successes);
    }

    [Fact]
    public async Task A_lease_that_came_late_and_is_mostly_over_is_changed_for_a_fresh_one()
    {
        var instance = fixture.Build();
        await OpenWithALateLeaseAsync(instance);
        fixture.Advance(8);
        // Longer than what was left of it: the old lease would have cut it off, and condemned a resource that is well.
        var (call, source) = instance.Begin(Token);
        fixture.Advance(10);
        source.SetResult();
        await TestInstance.Within(call);

        Assert.Equal((CircuitState.HalfOpen, 1, 1), (instance.Current.State, instance.Current.Successes, instance.Current.BreakCount));
    }

    [Fact]
    public async Task A_lease_that_was_given_back_can_be_had_by_another_instance_at_once()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        await OpenWithALateLeaseAsync(instance);
        fixture.Advance(8);
        await instance.Control.ReadAsync(Token);
        // Given back, but by now the store is too slow for this call to have another one.
        fixture.Store.Delay = TimeSpan.FromMilliseconds(250);
        var call = instance.BeRejectedAsync();
        fixture.Advance(0.25);
        await TestInstance.Within(call);
        fixture.Store.Delay = TimeSpan.Zero;
        await other.SucceedAsync();
        Assert.Equal(1, other.Current.Successes);
    }

    [Fact]
    public async Task Where_leases_always_come_late_the_rest_of_the_second_one_is_used()
    {
        // Never waits: each lease is there for the next call, and these are further apart than half a lease.
        var instance = fixture.Build(change: options =>
        {
            options.ColdReadTimeout = TimeSpan.Zero;
            options.SuccessThreshold = 1;
        });
        await instance.FailAsync(5);
        fixture.Advance(60);
        fixture.Store.Delay = TimeSpan.FromMilliseconds(10);
        // It bids; gives back the rest; bids again.
        for (var i = 0; i < 3; i++)
        {
            await instance.BeRejectedAsync();
            fixture.Advance(0.01);
            fixture.Advance(8.99);
        }

        Assert.Equal(TimeSpan.Zero, instance.Current.NextTryIn);
        await instance.SucceedAsync();
        Assert.Contains("probes for all", instance.Events);
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

    [Theory]
    [InlineData(1, true)]
    [InlineData(15, false)]
    public async Task A_lease_that_came_too_late_for_its_call_is_for_the_next_one_while_it_lasts(double secondsLater, bool probes)
    {
        var instance = fixture.Build();
        await OpenWithALateLeaseAsync(instance);
        fixture.Advance(secondsLater);
        await (probes ? instance.SucceedAsync() : instance.BeRejectedAsync());
        Assert.Equal(probes ? 1 : 0, instance.Current.Successes);
    }

    [Fact]
    public async Task A_lease_of_an_epoch_that_is_over_is_used_by_nobody()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        await OpenWithALateLeaseAsync(instance);

        // Reset, opened again and its break over: all that is left of the lease is that it has not run out.
        await other.Control.ResetAsync(cancellationToken: Token);
        await other.FailAsync(5);
        await instance.Control.ReadAsync(Token);
        await instance.BeRejectedAsync();
        Assert.DoesNotContain("probes for all", instance.Events);
    }

    private async Task OpenWithALateLeaseAsync(TestInstance instance)
    {
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.Control.ReadAsync(Token);
        fixture.Store.Delay = TimeSpan.FromMilliseconds(300);
        var bidding = instance.BeRejectedAsync();
        fixture.Advance(0.25);
        await TestInstance.Within(bidding);
        fixture.Store.Delay = TimeSpan.Zero;
        fixture.Advance(0.05);
        Assert.Equal(CircuitState.HalfOpen, instance.Current.State);
    }
}
