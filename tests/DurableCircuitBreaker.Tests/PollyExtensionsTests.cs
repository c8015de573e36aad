using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DurableCircuitBreaker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Telemetry;

namespace DurableCircuitBreaker.Tests;

/// <summary>Beside Polly's own packages: dependency injection, the registry with its reloads, and metering.</summary>
public sealed class PollyExtensionsTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pipeline_of_the_container_takes_its_store_from_the_container()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IBreakerStateStore>(fixture.Store);
        services.AddKeyedSingleton<DurableCircuitBreakerControl>("orders");
        services.AddResiliencePipeline("orders", (builder, context) =>
        {
            builder.TimeProvider = fixture.Time;
            builder.AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions
            {
                BreakerName = "orders",
                Store = context.ServiceProvider.GetRequiredService<IBreakerStateStore>(),
                Control = context.ServiceProvider.GetRequiredKeyedService<DurableCircuitBreakerControl>("orders"),
            });
        });
        await using var provider = services.BuildServiceProvider();

        var pipeline = provider.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("orders");
        await FailAsync(pipeline, 5);
        Assert.Equal(CircuitState.Open, provider.GetRequiredKeyedService<DurableCircuitBreakerControl>("orders").Current.State);
        Assert.NotNull(await fixture.Store.TextAsync("orders"));
    }

    [Fact]
    public async Task A_pipeline_that_is_reloaded_is_a_new_instance_of_the_same_breaker()
    {
        await using var registry = new ResiliencePipelineRegistry<string>();
        using var reload = new CancellationTokenSource();
        var control = new DurableCircuitBreakerControl();
        var threshold = 5;
        var pipeline = registry.GetOrAddPipeline("orders", (builder, context) =>
        {
            builder.TimeProvider = fixture.Time;
            context.AddReloadToken(threshold == 5 ? reload.Token : CancellationToken.None);
            builder.AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions
            {
                BreakerName = "orders",
                Store = fixture.Store,
                Control = control,
                FailureThreshold = threshold,
            });
        });
        await FailAsync(pipeline, 4);
        threshold = 2;
        await reload.CancelAsync();
        await FailAsync(pipeline, 1);
        Assert.Equal(CircuitState.Closed, control.Current.State);
        await FailAsync(pipeline, 1);
        // Open, by the new threshold; and what was open before a reload is open after it, for it is in the store.
        Assert.Equal(CircuitState.Open, control.Current.State);
        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token));
    }

    [Fact]
    public async Task Pollys_meter_counts_its_events()
    {
        var name = $"metered-{Guid.NewGuid():N}";
        var seen = new ConcurrentQueue<string>();
        using var meter = new MeterListener();
        meter.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Polly" && instrument.Name == "resilience.polly.strategy.events")
                listener.EnableMeasurementEvents(instrument);
        };
        meter.SetMeasurementEventCallback<int>((_, count, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString());
            if (all.GetValueOrDefault("pipeline.name") == name && all.TryGetValue("strategy.name", out var strategy))
                seen.Enqueue($"{count} {strategy} {all["event.name"]} {all["event.severity"]}");
        });
        meter.Start();

        var pipeline = new ResiliencePipelineBuilder { Name = name, TimeProvider = fixture.Time }
            .AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions { BreakerName = "test", Store = fixture.Store })
            .ConfigureTelemetry(new TelemetryOptions { LoggerFactory = NullLoggerFactory.Instance })
            .Build();
        await FailAsync(pipeline, 5);
        Assert.Equal(["1 DurableCircuitBreaker OnCircuitOpened Error"], seen);
    }

    private static async Task FailAsync(ResiliencePipeline pipeline, int times)
    {
        for (var i = 0; i < times; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await pipeline.ExecuteAsync(static _ => throw new InvalidOperationException("down")));
    }
}
