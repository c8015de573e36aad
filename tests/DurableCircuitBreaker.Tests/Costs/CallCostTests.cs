using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Costs;

/// <summary>What a call costs, counted and never timed: operations of the store that it makes or waits for, and bytes.</summary>
public sealed class CallCostTests
{
    private readonly FakeTimeProvider time = new();
    private readonly CountingStore store;
    private readonly DurableCircuitBreakerControl control = new();
    private readonly ResiliencePipeline<string> pipeline;

    public CallCostTests()
    {
        store = new(time);
        pipeline = Build("one", control);
    }

    [Fact]
    public void While_the_view_is_fresh_no_call_asks_the_store()
    {
        for (var i = 0; i < 1000; i++)
            Assert.True(Call());
        time.Advance(DurableCircuitBreakerDefaults.RefreshInterval - TimeSpan.FromTicks(1));
        Assert.True(Call());
        Assert.Equal((1, 0), (store.Reads, store.Writes));
    }

    [Fact]
    public void A_refresh_is_one_read_that_no_call_waits_for_until_the_view_is_stale()
    {
        Call();
        store.HoldBack = true;
        time.Advance(DurableCircuitBreakerDefaults.RefreshInterval);
        for (var i = 0; i < 10; i++)
            Assert.True(Call());
        time.Advance(DurableCircuitBreakerDefaults.RefreshInterval - TimeSpan.FromTicks(1));
        Assert.True(Call());
        Assert.Equal(2, store.Reads);

        time.Advance(TimeSpan.FromTicks(1));
        var waiting = CallAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(2, store.Reads);

        store.Answer();
        Assert.True(waiting.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task While_the_circuit_is_open_rejections_ask_the_store_no_more_than_calls_that_pass()
    {
        await Build("other").IsolateAsync();
        Assert.False(Call());
        var (reads, writes) = (store.Reads, store.Writes);
        for (var i = 0; i < 1000; i++)
            Assert.False(Call());
        Assert.Equal((reads, writes), (store.Reads, store.Writes));

        time.Advance(DurableCircuitBreakerDefaults.RefreshInterval);
        for (var i = 0; i < 1000; i++)
            Assert.False(Call());
        Assert.Equal((reads + 1, writes), (store.Reads, store.Writes));
    }

    [Fact]
    public async Task A_timer_that_calls_every_five_minutes_decides_on_a_fresh_view()
    {
        var other = Build("other");
        for (var tick = 0; tick < 12; tick++)
        {
            time.Advance(TimeSpan.FromMinutes(5));
            var isolated = tick % 2 == 1;
            await (isolated ? other.IsolateAsync() : other.ResetAsync());

            var reads = store.Reads;
            store.HoldBack = true;
            var waiting = CallAsync();
            Assert.False(waiting.IsCompleted);
            store.Answer();
            Assert.True(waiting.IsCompletedSuccessfully);
            Assert.Equal(!isolated, await waiting);
            Assert.Equal(1, store.Reads - reads);
            Assert.Equal(TimeSpan.Zero, control.Current.Age);
        }
    }

    [Fact]
    public void A_timer_that_calls_every_five_minutes_waits_no_longer_than_it_may_for_a_store_that_is_silent()
    {
        Call();
        store.HoldBack = true;
        time.Advance(TimeSpan.FromMinutes(5));
        var waiting = CallAsync();
        time.Advance(DurableCircuitBreakerDefaults.ColdReadTimeout - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal(StoreKnowledge.Unavailable, control.Current.Store);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.5)]
    public void A_call_that_passes_and_completes_at_once_allocates_nothing(double? ratio)
    {
        // The real clock, as in production; the fake one allocates.
        var measured = new ResiliencePipelineBuilder<string>().AddDurableCircuitBreaker(new()
        {
            BreakerName = "test",
            Store = new InMemoryBreakerStateStore(),
            FailureRatio = ratio,
            RefreshInterval = DurableCircuitBreakerDefaults.MaxRefreshInterval,
        }).Build();
        var context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
        Repeat(100);

        // The least of a few rounds: in one of them the runtime may compile the code anew.
        var allocated = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Repeat(1000);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);

        void Repeat(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var call = measured.ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult("answer")), context, 0);
                if (!call.IsCompletedSuccessfully || call.Result.Exception is not null)
                    throw new InvalidOperationException();
            }
        }
    }

    private DurableCircuitBreakerControl Build(string host)
    {
        var other = new DurableCircuitBreakerControl();
        Build(host, other);
        return other;
    }

    private ResiliencePipeline<string> Build(string host, DurableCircuitBreakerControl itsControl) =>
        new ResiliencePipelineBuilder<string> { TimeProvider = time }
            .AddDurableCircuitBreaker(new() { BreakerName = "test", Store = store, HostId = host, Control = itsControl, GoesOnInline = true }).Build();

    /// <summary>Whether it passed; it fails the test when the call had to wait.</summary>
    private bool Call()
    {
        var call = CallAsync();
        Assert.True(call.IsCompletedSuccessfully);
        return call.Result;
    }

    private async Task<bool> CallAsync()
    {
        try
        {
            await pipeline.ExecuteAsync(static _ => new ValueTask<string>("answer"), TestContext.Current.CancellationToken);
            return true;
        }
        catch (BrokenCircuitException)
        {
            return false;
        }
    }
}
