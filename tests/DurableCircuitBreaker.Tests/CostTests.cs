using DurableCircuitBreaker.Tests.Support;
using Polly;
using Polly.CircuitBreaker;
using Defaults = DurableCircuitBreaker.DurableCircuitBreakerDefaults;

namespace DurableCircuitBreaker.Tests;

/// <summary>What the breaker costs: bytes on the hot path, and calls of the store.</summary>
public sealed class CostTests
{
    private const int Calls = 20_000;
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData(0.5, false)]
    [InlineData(0.5, true)]
    public async Task A_call_that_passes_and_completes_at_once_allocates_nothing(double? ratio, bool realClock)
    {
        var pipeline = new ResiliencePipelineBuilder<string> { TimeProvider = realClock ? TimeProvider.System : fixture.Time }
            .AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions<string>
            {
                BreakerName = "test",
                Store = fixture.Store,
                FailureRatio = ratio,
                RefreshInterval = Defaults.MaxRefreshInterval,
            })
            .Build();
        var context = ResilienceContextPool.Shared.Get(Token);
        await pipeline.ExecuteOutcomeAsync(static (_, _) => Outcome.FromResultAsValueTask("ok"), context, 0);

        // On one thread and without a wait: what is measured is this loop's.
        Assert.Equal(0, Measure(() => pipeline.ExecuteOutcomeAsync(static (_, _) => Outcome.FromResultAsValueTask("ok"), context, 0)));
    }

    [Fact]
    public async Task So_does_one_without_a_type_of_result()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        var context = ResilienceContextPool.Shared.Get(Token);
        Assert.Equal(0, Measure(() => instance.Pipeline.ExecuteOutcomeAsync(static (_, _) => Outcome.FromResultAsValueTask("ok"), context, 0)));
    }

    [Fact]
    public async Task While_the_view_is_fresh_no_call_asks_the_store()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        Assert.Equal(1, fixture.Store.Calls);
        fixture.Time.Advance(Defaults.RefreshInterval - Tick);
        for (var i = 0; i < 1000; i++)
            await instance.SucceedAsync();
        Assert.Equal(1, fixture.Store.Calls);
    }

    [Fact]
    public async Task A_view_that_is_due_is_refreshed_behind_the_call()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        // Under way until the view is stale, and a little longer.
        fixture.Store.Delay = Defaults.RefreshInterval + TimeSpan.FromSeconds(0.1);
        fixture.Time.Advance(Defaults.RefreshInterval);
        for (var i = 0; i < 100; i++)
            await PassesAtOnceAsync(instance);
        fixture.Time.Advance(Defaults.RefreshInterval - Tick);
        await PassesAtOnceAsync(instance);
        Assert.Equal(2, fixture.Store.Calls);

        fixture.Time.Advance(Tick);
        var waiting = instance.SucceedAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(2, fixture.Store.Calls);
        fixture.Advance(0.1);
        await TestInstance.Within(waiting);
    }

    [Fact]
    public async Task While_the_circuit_is_open_rejections_ask_the_store_no_more_than_calls_that_pass()
    {
        var instance = fixture.Build();
        await fixture.Build("b").Control.IsolateAsync(cancellationToken: Token);
        await instance.BeRejectedAsync();
        var (reads, writes) = (fixture.Store.Reads, fixture.Store.Writes);
        for (var i = 0; i < 1000; i++)
            await instance.BeRejectedAsync();
        Assert.Equal((reads, writes), (fixture.Store.Reads, fixture.Store.Writes));

        fixture.Time.Advance(Defaults.RefreshInterval);
        for (var i = 0; i < 1000; i++)
            await instance.BeRejectedAsync();
        Assert.Equal((reads + 1, writes), (fixture.Store.Reads, fixture.Store.Writes));
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
    public async Task A_timer_that_calls_every_five_minutes_decides_on_a_fresh_view()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        for (var tick = 0; tick < 12; tick++)
        {
            fixture.Advance(300);
            var isolated = tick % 2 == 1;
            await (isolated ? other.Control.IsolateAsync(cancellationToken: Token) : other.Control.ResetAsync(cancellationToken: Token));

            var reads = fixture.Store.Reads;
            fixture.Store.Delay = TimeSpan.FromMilliseconds(100);
            var waiting = isolated ? instance.BeRejectedAsync() : instance.SucceedAsync();
            Assert.False(waiting.IsCompleted);
            fixture.Advance(0.1);
            await TestInstance.Within(waiting);
            fixture.Store.Delay = TimeSpan.Zero;
            Assert.Equal(1, fixture.Store.Reads - reads);
            Assert.Equal(TimeSpan.FromMilliseconds(100), instance.Current.Age);
        }
    }

    [Fact]
    public async Task A_timer_that_calls_every_five_minutes_waits_no_longer_than_it_may_for_a_store_that_is_silent()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        fixture.Advance(300);
        var waiting = instance.SucceedAsync();
        fixture.Time.Advance(Defaults.ColdReadTimeout - Tick);
        Assert.False(waiting.IsCompleted);
        fixture.Time.Advance(Tick);
        await TestInstance.Within(waiting);
        Assert.Equal(StoreKnowledge.Unavailable, instance.Current.Store);
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

    private static async Task PassesAtOnceAsync(TestInstance instance)
    {
        var call = instance.Pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token);
        Assert.True(call.IsCompletedSuccessfully, "A call waited for a refresh.");
        await call;
    }

    private static long Measure(Func<ValueTask<Outcome<string>>> call)
    {
        // The least of a few rounds: the first is for the compiler, and it may come back.
        var least = long.MaxValue;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
                Check(call());
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
