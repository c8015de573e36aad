using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// Builds the Polly pipeline: total timeout, retry, breaker, attempt timeout, from the outside in. The breaker sits inside
/// the retry, so it counts attempts.
/// </summary>
internal static class PollyPipelineFactory
{
    public const string TotalTimeoutName = "total-timeout";
    public const string RetryName = "retry";
    public const string BreakerName = "breaker";
    public const string AttemptTimeoutName = "attempt-timeout";

    // Failures in a row: nothing but failures may be in the window. Any success in it keeps Polly's breaker closed.
    private const double OnlyFailures = 1.0;

    public static ResiliencePipeline Build(
        string name,
        ResiliencePipelineSettings settings,
        FailurePredicate predicate,
        PipelineEvents events,
        CircuitBreakerManualControl manualControl,
        CircuitBreakerStateProvider stateProvider,
        TimeProvider timeProvider)
    {
        var builder = new ResiliencePipelineBuilder { Name = name, TimeProvider = timeProvider };

        // Polly's meter, for whoever collects it. Its log would say everything of ours twice, with every execution on top.
        builder.ConfigureTelemetry(new TelemetryOptions { LoggerFactory = NullLoggerFactory.Instance });

        builder.AddTimeout(new TimeoutStrategyOptions
        {
            Name = TotalTimeoutName,
            Timeout = settings.TotalTimeout,
            OnTimeout = events.OnTimeout(TotalTimeoutName),
        });

        // Polly has no retry of zero times: without the strategy there is none.
        if (settings.MaxAttempts > 1)
            builder.AddRetry(Retry(settings, predicate, events));

        return builder
            .AddCircuitBreaker(Breaker(settings, predicate, events, manualControl, stateProvider))
            .AddTimeout(new TimeoutStrategyOptions
            {
                Name = AttemptTimeoutName,
                TimeoutGenerator = _ => ValueTask.FromResult(AttemptTimeout(settings)),
                OnTimeout = events.OnTimeout(AttemptTimeoutName),
            })
            .Build();
    }

    private static RetryStrategyOptions Retry(ResiliencePipelineSettings settings, FailurePredicate predicate, PipelineEvents events) => new()
    {
        Name = RetryName,
        MaxRetryAttempts = settings.MaxAttempts - 1,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = settings.UseJitter,
        Delay = settings.RetryDelay,
        MaxDelay = settings.MaxRetryDelay,
        ShouldHandle = predicate.ShouldRetry,
        OnRetry = events.OnRetry,
    };

    private static CircuitBreakerStrategyOptions Breaker(
        ResiliencePipelineSettings settings,
        FailurePredicate predicate,
        PipelineEvents events,
        CircuitBreakerManualControl manualControl,
        CircuitBreakerStateProvider stateProvider) => new()
        {
            Name = BreakerName,
            FailureRatio = OnlyFailures,
            MinimumThroughput = settings.FailureThreshold,
            SamplingDuration = settings.SamplingDuration,
            BreakDuration = settings.BreakDuration,
            ShouldHandle = predicate.IsFailure,
            OnOpened = events.OnOpened,
            OnHalfOpened = events.OnHalfOpened,
            OnClosed = events.OnClosed,
            ManualControl = manualControl,
            StateProvider = stateProvider,
        };

    // Polly takes zero or less for "no timeout", and an attempt without one could hold the breaker half-open.
    private static TimeSpan AttemptTimeout(ResiliencePipelineSettings settings)
    {
        var timeout = settings.AttemptTimeout();
        return timeout > TimeSpan.Zero ? timeout : ResiliencePipelineSettings.DefaultAttemptTimeout;
    }
}
