using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests;

public sealed class SmokeTests
{
    [Fact]
    public async Task Two_instances_share_one_circuit()
    {
        var time = new FakeTimeProvider();
        var store = new InMemoryBreakerStateStore(time);
        var events = new List<string>();
        var (one, controlOne) = Build("a");
        var (two, controlTwo) = Build("b");

        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await one.ExecuteAsync(_ => throw new InvalidOperationException("down")));
        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await one.ExecuteAsync(_ => ValueTask.CompletedTask));
        Assert.Equal(CircuitState.Open, controlOne.Current.State);
        var rejection = await Assert.ThrowsAsync<BrokenCircuitException>(async () => await two.ExecuteAsync(_ => ValueTask.CompletedTask));
        Assert.Equal(TimeSpan.FromSeconds(60), rejection.RetryAfter);

        time.Advance(TimeSpan.FromSeconds(61));
        await two.ExecuteAsync(_ => ValueTask.CompletedTask);
        Assert.Equal(CircuitState.HalfOpen, controlTwo.Current.State);
        await two.ExecuteAsync(_ => ValueTask.CompletedTask);
        Assert.Equal(CircuitState.Closed, controlTwo.Current.State);
        time.Advance(TimeSpan.FromSeconds(6));
        await one.ExecuteAsync(_ => ValueTask.CompletedTask);
        Assert.Equal(["a opened True", "b opened True", "b half", "b half", "b closed True", "a closed True"], events);
        Assert.Equal(3, controlOne.Current.Transitions.Count);

        (ResiliencePipeline, DurableCircuitBreakerControl) Build(string host)
        {
            var control = new DurableCircuitBreakerControl();
            return (new ResiliencePipelineBuilder { TimeProvider = time }.AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions
            {
                BreakerName = "test",
                Store = store,
                HostId = host,
                Control = control,
                OnOpened = args => { events.Add($"{host} opened {args.IsShared}"); return default; },
                OnClosed = args => { events.Add($"{host} closed {args.IsShared}"); return default; },
                OnHalfOpened = args => { events.Add($"{host} half"); return default; },
            }).Build(), control);
        }
    }
}
