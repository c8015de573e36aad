using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

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
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.Control.ReadAsync(Token);
        fixture.Store.Delay = TimeSpan.FromMilliseconds(300);
        var bidding = instance.BeRejectedAsync();
        fixture.Advance(0.25);
        await bidding;
        fixture.Store.Delay = TimeSpan.Zero;
        fixture.Advance(0.25);

        Assert.Equal(CircuitState.HalfOpen, instance.Current.State);
        Assert.Equal(TimeSpan.Zero, instance.Current.NextTryIn);
        await instance.SucceedAsync();
        Assert.Equal(1, instance.Current.Successes);
    }
}
