using DurableCircuitBreaker.Tests.Support;
using Polly;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests;

/// <summary>What the breaker costs: bytes on the hot path, and calls of the store.</summary>
public sealed class CostTests
{
    private const int Calls = 20_000;
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(0.5)]
    public async Task A_call_that_passes_and_completes_at_once_allocates_nothing(double? ratio)
    {
        var pipeline = new ResiliencePipelineBuilder<string> { TimeProvider = fixture.Time }
            .AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions<string> { BreakerName = "test", Store = fixture.Store, FailureRatio = ratio })
            .Build();
        var context = ResilienceContextPool.Shared.Get(Token);
        await pipeline.ExecuteOutcomeAsync(static (_, _) => Outcome.FromResultAsValueTask("ok"), context, 0);

        // On one thread and without a wait: what is measured is this loop's.
        Assert.Equal(0, Measure(pipeline, context));
    }

    [Fact]
    public async Task So_does_one_without_a_type_of_result()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        var context = ResilienceContextPool.Shared.Get(Token);
        Assert.Equal(0, Measure(instance.Pipeline, context));
    }

    [Fact]
    public async Task While_the_view_is_fresh_no_call_asks_the_store()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        Assert.Equal(1, fixture.Store.Calls);
        fixture.Advance(2.4999);
        for (var i = 0; i < 1000; i++)
            await instance.SucceedAsync();
        Assert.Equal(1, fixture.Store.Calls);
    }

    [Fact]
    public async Task A_view_that_is_due_is_refreshed_behind_the_call()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        fixture.Store.Delay = TimeSpan.FromSeconds(2);
        fixture.Advance(2.5);
        for (var i = 0; i < 100; i++)
        {
            var call = instance.Pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token);
            Assert.True(call.IsCompletedSuccessfully, "A call waited for a refresh.");
            await call;
        }

        Assert.Equal(2, fixture.Store.Calls);
    }

    [Fact]
    public async Task A_stale_view_is_read_before_the_call()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        await instance.SucceedAsync();
        fixture.Advance(300);
        await other.FailAsync(5);
        // A timer that fires every five minutes decides on what is so now.
        await instance.BeRejectedAsync();

        fixture.Advance(300);
        fixture.Store.Delay = TimeSpan.FromMilliseconds(100);
        var call = instance.SucceedAsync();
        Assert.False(call.IsCompleted);
        for (var i = 0; i < 3; i++)
            fixture.Advance(0.1);
        await TestInstance.Within(call);
    }

    [Fact]
    public async Task An_hour_of_steady_traffic_costs_one_read_a_refresh_interval()
    {
        var instance = fixture.Build();
        for (var i = 0; i < 2 * 3600; i++)
        {
            await instance.SucceedAsync();
            fixture.Advance(0.5);
        }

        Assert.Equal((1440, 0), (fixture.Store.Reads, fixture.Store.Writes));
    }

    [Fact]
    public async Task An_hour_without_calls_costs_nothing()
    {
        await fixture.Build().SucceedAsync();
        fixture.Advance(3600);
        Assert.Equal((1, 0), (fixture.Store.Reads, fixture.Store.Writes));
    }

    [Fact]
    public async Task An_hour_of_a_timer_that_fires_every_five_minutes_costs_one_read_each_time()
    {
        var instance = fixture.Build();
        for (var i = 0; i < 12; i++)
        {
            await instance.SucceedAsync();
            fixture.Advance(300);
        }

        Assert.Equal((12, 0), (fixture.Store.Reads, fixture.Store.Writes));
    }

    [Fact]
    public async Task An_opening_costs_one_write_and_a_closing_two_for_each_success_asked_for()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        Assert.Equal((1, 1), (fixture.Store.Reads, fixture.Store.Writes));
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
        Assert.Equal(1 + 2 * 2, fixture.Store.Writes);
    }

    [Fact]
    public async Task An_hour_of_outage_costs_one_read_a_refresh_interval_and_two_writes_a_break()
    {
        var instance = fixture.Build();
        var calls = 0;
        for (var i = 0; i < 2 * 3600; i++)
        {
            try
            {
                await instance.Pipeline.ExecuteAsync(_ =>
                {
                    calls++;
                    throw new InvalidOperationException("down");
                });
            }
            catch (Exception exception) when (exception is InvalidOperationException or BrokenCircuitException)
            {
                // Of the resource, or a rejection.
            }

            fixture.Advance(0.5);
        }

        // Breaks of 1, 2, 4, 8 and from then on 10 minutes, each followed by a probe that is a lease late, as the only host's failed before.
        Assert.Equal(9, instance.Current.BreakCount);
        Assert.Equal(5 + 8, calls);
        Assert.Equal(1 + 2 * 8, fixture.Store.Writes);
        Assert.InRange(fixture.Store.Reads, 1400, 1440);
    }

    private static long Measure(ResiliencePipeline<string> pipeline, ResilienceContext context)
    {
        // The least of a few rounds: the first is for the compiler, and it may come back.
        var least = long.MaxValue;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
                Check(pipeline.ExecuteOutcomeAsync(static (_, _) => Outcome.FromResultAsValueTask("ok"), context, 0));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static long Measure(ResiliencePipeline pipeline, ResilienceContext context)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
                Check(pipeline.ExecuteOutcomeAsync(static (_, _) => Outcome.FromResultAsValueTask("ok"), context, 0));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static void Check(ValueTask<Outcome<string>> call)
    {
        if (!call.IsCompletedSuccessfully || call.Result.Result is null)
            throw new InvalidOperationException("A call did not complete at once.");
    }
}
