using System.ComponentModel.DataAnnotations;
using DurableCircuitBreaker;
using DurableCircuitBreaker.Coordination;
using DurableCircuitBreaker.Counting;
using DurableCircuitBreaker.Protocol;

namespace Polly;

/// <summary>Adds a circuit breaker that all instances share to a pipeline.</summary>
public static class DurableCircuitBreakerResiliencePipelineBuilderExtensions
{
    /// <summary>Adds a durable circuit breaker to the builder.</summary>
    /// <exception cref="ValidationException">The options are wrong; the message lists every fault.</exception>
    public static ResiliencePipelineBuilder AddDurableCircuitBreaker(
        this ResiliencePipelineBuilder builder, DurableCircuitBreakerStrategyOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.AddStrategy(context => Build(context, options), options);
    }

    /// <inheritdoc cref="AddDurableCircuitBreaker(ResiliencePipelineBuilder, DurableCircuitBreakerStrategyOptions)"/>
    /// <typeparam name="TResult">The type of result that the pipeline handles.</typeparam>
    public static ResiliencePipelineBuilder<TResult> AddDurableCircuitBreaker<TResult>(
        this ResiliencePipelineBuilder<TResult> builder, DurableCircuitBreakerStrategyOptions<TResult> options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.AddStrategy(context => Build(context, options), options);
    }

    private static DurableCircuitBreakerStrategy<TResult> Build<TResult>(
        StrategyBuilderContext context, DurableCircuitBreakerStrategyOptions<TResult> options)
    {
        var time = context.TimeProvider;
        var listener = new BreakerListener(context.Telemetry, options.OnOpened, options.OnClosed, options.OnHalfOpened, options.OnStoreUnavailable);
        IFailureCounter counter = options.FailureRatio is { } ratio
            ? new FailureRatioCounter(ratio, options.MinimumThroughput, options.SamplingDuration, time)
            : new ConsecutiveFailureCounter(options.FailureThreshold, options.SamplingDuration, time);
        var breaker = new SharedBreaker(
            options.DryRun ? options.BreakerName + DurableCircuitBreakerDefaults.DryRunSuffix : options.BreakerName,
            options.Store!,
            new BreakerMember(Causes.Clean(options.HostId, BreakerLimits.MaxName), Causes.Clean(options.NextInstanceId(), BreakerLimits.MaxName)),
            options.ToSettings(),
            new BreakerTimes(options.RefreshInterval, options.ColdReadTimeout, options.StoreTimeout, DurableCircuitBreakerDefaults.MaxStoreBackoff),
            counter, time, options.Randomizer, listener, options.GoesOnInline);
        options.Control?.Attach(breaker);
        return new DurableCircuitBreakerStrategy<TResult>(breaker, options.ShouldHandle!, context.Telemetry, time, options.DryRun);
    }
}
