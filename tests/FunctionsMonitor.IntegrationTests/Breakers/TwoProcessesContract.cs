using System.Net;
using DurableCircuitBreaker;
using FunctionsMonitor.IntegrationTests.Support;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>What breakers of two real processes do together through a real store. Every wait is bounded; none is measured.</summary>
public abstract class TwoProcessesContract
{
    /// <summary>So many calls of each process say more than a pause of any length: each decided anew.</summary>
    private const int Many = 50;

    /// <summary>An empty store: its kind for the child, and where it is.</summary>
    protected abstract Task<(string Kind, string Where)> StoreAsync();

    /// <summary>From now on nobody reaches the store; what it has is kept.</summary>
    protected abstract Task StopStoreAsync();

    protected abstract Task ResumeStoreAsync();

    [Fact]
    public async Task What_one_process_opened_rejects_in_the_other_and_in_one_that_starts_later()
    {
        await using var resource = new CountedResource();
        var store = await StoreAsync();
        await using var a = await BreakerInstance.StartAsync("a", store, resource);
        await using var b = await BreakerInstance.StartAsync("b", store, resource);
        Assert.Equal("passed", await b.CallAsync());

        await OpenAsync(a, resource);
        // The resource is well again: b has no failure of its own to go by.
        resource.Is = CountedResource.Mode.Healthy;
        await b.CallUntilAsync("rejected");
        var calls = resource.Calls;
        await using var c = await BreakerInstance.StartAsync("c", store, resource);
        foreach (var instance in new[] { c, a, b })
            Assert.Equal("rejected", await instance.CallAsync());
        Assert.Equal(calls, resource.Calls);
        Assert.Equal(await a.StateAsync(), await c.StateAsync());
    }

    [Fact]
    public async Task Exactly_one_process_probes_at_a_time_until_the_circuit_closes()
    {
        await using var resource = new CountedResource();
        var store = await StoreAsync();
        await using var a = await BreakerInstance.StartAsync("a", store, resource, breakSeconds: 2, successes: 2);
        await using var b = await BreakerInstance.StartAsync("b", store, resource, breakSeconds: 2, successes: 2);
        await OpenAsync(a, resource);
        resource.Is = CountedResource.Mode.Holding;
        await b.CallUntilAsync("rejected");
        var before = resource.Calls;

        using var stop = new CancellationTokenSource();
        var calling = Task.WhenAll(a.CallAlwaysAsync(stop.Token), b.CallAlwaysAsync(stop.Token));
        for (var probe = 1; probe <= 2; probe++)
        {
            var held = await resource.NextHeldAsync();
            var (ofA, ofB) = (a.Rejections, b.Rejections);
            await Eventually.TrueAsync(() => a.Rejections >= ofA + Many && b.Rejections >= ofB + Many, "both go on being rejected");
            Assert.Equal(before + probe, resource.Calls);
            if (probe == 2)
                resource.Is = CountedResource.Mode.Healthy;
            held.Release();
        }

        await stop.CancelAsync();
        await calling;
        await a.CallUntilAsync("passed");
        await b.CallUntilAsync("passed");
        Assert.Equal(nameof(CircuitState.Closed), (await a.StateAsync()).State);
    }

    [Fact]
    public Task A_prober_that_is_killed_is_replaced_by_the_other_process() => WithAProberAsync(async (resource, prober, other, _) =>
    {
        await prober.KillAsync();
        var next = await resource.NextHeldAsync();
        Assert.Equal(other.Host, next.Host);
        resource.Is = CountedResource.Mode.Healthy;
        next.Release();
    });

    [Fact]
    public Task A_prober_that_hangs_is_replaced_and_what_it_says_later_changes_nothing() => WithAProberAsync(async (resource, prober, other, probe) =>
    {
        await Signals.PauseAsync(prober.Process);
        try
        {
            var next = await resource.NextHeldAsync();
            Assert.Equal(other.Host, next.Host);
            resource.Is = CountedResource.Mode.Healthy;
            next.Release();
            await other.CallUntilAsync("passed");
            probe.Release(HttpStatusCode.InternalServerError);
        }
        finally
        {
            await Signals.ResumeAsync(prober.Process);
        }

        await Eventually.TrueAsync(async () => (await prober.StateAsync()).LateResults > 0, "the late result is counted");
        await prober.CallUntilAsync("passed");
    });

    [Fact]
    public async Task An_open_circuit_is_still_open_after_both_processes_were_killed_and_started_again()
    {
        await using var resource = new CountedResource();
        var store = await StoreAsync();
        await using (var a = await BreakerInstance.StartAsync("a", store, resource))
        await using (var b = await BreakerInstance.StartAsync("b", store, resource))
        {
            await OpenAsync(a, resource);
            await b.CallUntilAsync("rejected");
            await a.KillAsync();
            await b.KillAsync();
        }

        resource.Is = CountedResource.Mode.Healthy;
        var calls = resource.Calls;
        await using var nextA = await BreakerInstance.StartAsync("a", store, resource);
        await using var nextB = await BreakerInstance.StartAsync("b", store, resource);
        for (var i = 0; i < Many; i++)
        {
            Assert.Equal("rejected", await nextA.CallAsync());
            Assert.Equal("rejected", await nextB.CallAsync());
        }

        Assert.Equal(calls, resource.Calls);
    }

    [Fact]
    public async Task Without_the_store_calls_go_on_and_each_process_breaks_alone_until_it_is_back()
    {
        await using var resource = new CountedResource();
        var store = await StoreAsync();
        await using var a = await BreakerInstance.StartAsync("a", store, resource, breakSeconds: 1);
        await using var b = await BreakerInstance.StartAsync("b", store, resource, breakSeconds: 1);
        foreach (var instance in new[] { a, b })
            Assert.Equal("passed", await instance.CallAsync());

        await StopStoreAsync();
        await Task.WhenAll(PassUntilAsync(a, StoreKnowledge.Unavailable), PassUntilAsync(b, StoreKnowledge.Unavailable));
        await using var cold = await BreakerInstance.StartAsync("cold", store, resource, breakSeconds: 1);
        Assert.Equal("passed", await cold.CallAsync());

        resource.Is = CountedResource.Mode.Failing;
        await a.CallUntilAsync("rejected");
        // Nobody told b: its own calls have to fail first.
        Assert.Equal("failed", await b.CallAsync());
        await b.CallUntilAsync("rejected");
        resource.Is = CountedResource.Mode.Healthy;
        await a.CallUntilAsync("passed");
        await b.CallUntilAsync("passed");

        await ResumeStoreAsync();
        await Task.WhenAll(PassUntilAsync(a, StoreKnowledge.Known), PassUntilAsync(b, StoreKnowledge.Known), PassUntilAsync(cold, StoreKnowledge.Known));
        await a.IsolateAsync();
        await b.CallUntilAsync("isolated");
        await cold.CallUntilAsync("isolated");
        await b.ResetAsync();
        await a.CallUntilAsync("passed");
    }

    [Fact]
    public async Task Without_the_store_an_open_circuit_stays_open_until_its_end()
    {
        await using var resource = new CountedResource();
        var store = await StoreAsync();
        await using var a = await BreakerInstance.StartAsync("a", store, resource);
        await using var b = await BreakerInstance.StartAsync("b", store, resource);
        await OpenAsync(a, resource);
        resource.Is = CountedResource.Mode.Healthy;
        await b.CallUntilAsync("rejected");
        var calls = resource.Calls;

        await StopStoreAsync();
        foreach (var knowledge in new[] { StoreKnowledge.Unavailable, StoreKnowledge.Known })
        {
            foreach (var instance in new[] { a, b })
            {
                await Eventually.TrueAsync(
                    async () =>
                    {
                        Assert.Equal("rejected", await instance.CallAsync());
                        return (await instance.StateAsync()).Store == knowledge.ToString();
                    },
                    $"{instance.Host} finds the store {knowledge}");
                Assert.Equal(nameof(CircuitState.Open), (await instance.StateAsync()).State);
            }

            if (knowledge == StoreKnowledge.Unavailable)
                await ResumeStoreAsync();
        }

        Assert.Equal(calls, resource.Calls);
    }

    /// <summary>Two processes that call on and on, one of which has the probe under way; in the end the circuit is closed.</summary>
    private async Task WithAProberAsync(Func<CountedResource, BreakerInstance, BreakerInstance, CountedResource.Held, Task> happen)
    {
        await using var resource = new CountedResource();
        var store = await StoreAsync();
        await using var a = await BreakerInstance.StartAsync("a", store, resource, breakSeconds: 1, leaseSeconds: 10);
        await using var b = await BreakerInstance.StartAsync("b", store, resource, breakSeconds: 1, leaseSeconds: 10);
        await OpenAsync(a, resource);
        resource.Is = CountedResource.Mode.Holding;
        await b.CallUntilAsync("rejected");

        using var stop = new CancellationTokenSource();
        var calling = Task.WhenAll(a.CallAlwaysAsync(stop.Token), b.CallAlwaysAsync(stop.Token));
        var probe = await resource.NextHeldAsync();
        var (prober, other) = probe.Host == "a" ? (a, b) : (b, a);
        await happen(resource, prober, other, probe);

        await stop.CancelAsync();
        await calling;
        await other.CallUntilAsync("passed");
        Assert.Equal(nameof(CircuitState.Closed), (await other.StateAsync()).State);
    }

    private static async Task OpenAsync(BreakerInstance instance, CountedResource resource)
    {
        resource.Is = CountedResource.Mode.Failing;
        await instance.CallUntilAsync("rejected");
        // It rejects before its vote is in the store, and whatever becomes of it.
        await Eventually.TrueAsync(async () => (await instance.StateAsync()).State == nameof(CircuitState.Open), $"the vote of {instance.Host} opens the circuit");
    }

    private static Task PassUntilAsync(BreakerInstance instance, StoreKnowledge knowledge) => Eventually.TrueAsync(
        async () =>
        {
            Assert.Equal("passed", await instance.CallAsync());
            return (await instance.StateAsync()).Store == knowledge.ToString();
        },
        $"{instance.Host} finds the store {knowledge}");
}
