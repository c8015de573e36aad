using DurableCircuitBreaker;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
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

    public static ResiliencePipeline Build(
        string name,
        ResiliencePipelineSettings settings,
        FailurePredicate predicate,
        PipelineEvents events,
        IBreakerStateStore breakerStates,
        DurableCircuitBreakerControl control,
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
            .AddDurableCircuitBreaker(Breaker(name, settings, predicate, events, breakerStates, control))
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

    private static DurableCircuitBreakerStrategyOptions Breaker(
        string name,
        ResiliencePipelineSettings settings,
        FailurePredicate predicate,
        PipelineEvents events,
        IBreakerStateStore breakerStates,
        DurableCircuitBreakerControl control) => new()
        {
            Name = BreakerName,
            BreakerName = name,
            Store = breakerStates,
            Control = control,
            FailureThreshold = settings.FailureThreshold,
            SamplingDuration = settings.SamplingDuration,
            BreakDuration = settings.BreakDuration,
            MaxBreakDuration = Longest(settings.MaxBreakDuration, settings.BreakDuration, settings.ProbeLease),
            SuccessThreshold = settings.SuccessThreshold,
            ProbeLease = settings.ProbeLease,
            Quorum = settings.Quorum,
            // A host whose own probes go on failing renews its vote once a break and a probe; it must not have run out by then.
            VoteWindow = Longest(settings.BreakDuration * 2, settings.BreakDuration + settings.ProbeLease),
            RefreshInterval = settings.RefreshInterval,
            DryRun = settings.DryRun,
            ShouldHandle = predicate.IsFailure,
            OnOpened = events.OnOpened,
            OnHalfOpened = events.OnHalfOpened,
            OnClosed = events.OnClosed,
            OnStoreUnavailable = events.OnStoreUnavailable,
        };

    private static TimeSpan Longest(params ReadOnlySpan<TimeSpan> spans)
    {
        var longest = spans[0];
        foreach (var span in spans)
            longest = span > longest ? span : longest;
        return longest;
    }

    // Polly takes zero or less for "no timeout", and an attempt without one could hold a flush up.
    private static TimeSpan AttemptTimeout(ResiliencePipelineSettings settings)
    {
        var timeout = settings.AttemptTimeout();
        return timeout > TimeSpan.Zero ? timeout : ResiliencePipelineSettings.DefaultAttemptTimeout;
    }
}
