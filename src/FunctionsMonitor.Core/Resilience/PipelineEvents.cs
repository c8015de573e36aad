using DurableCircuitBreaker;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace FunctionsMonitor.Resilience;

/// <summary>Turns what Polly reports of one pipeline into counters and log. Quick and never throwing: Polly awaits it.</summary>
internal sealed class PipelineEvents(string name, ILogger logger)
{
    public ValueTask OnRetry(OnRetryArguments<object> args)
    {
        CountersOf(args.Context)?.Retry();
        if (logger.IsEnabled(LogLevel.Warning) && args.Outcome.Exception is { } exception)
            logger.Retrying(name, args.AttemptNumber + 1, ErrorSummary.Of(exception), args.RetryDelay);
        return ValueTask.CompletedTask;
    }

    public Func<OnTimeoutArguments, ValueTask> OnTimeout(string strategy) => args =>
    {
        CountersOf(args.Context)?.Timeout();
        logger.TimedOut(name, strategy, args.Timeout);
        return ValueTask.CompletedTask;
    };

    public ValueTask OnOpened(OnDurableCircuitOpenedArguments args)
    {
        if (args.IsManual)
            logger.BreakerIsolated(name, args.Cause);
        else if (args.IsShared)
            logger.BreakerOpened(name, args.Cause, args.RetryAfter);
        else
            logger.BreakerOpenedAlone(name, args.Cause, args.RetryAfter);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnHalfOpened(OnDurableCircuitHalfOpenedArguments args)
    {
        logger.BreakerProbing(name);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnClosed(OnDurableCircuitClosedArguments args)
    {
        logger.BreakerClosed(name);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnStoreUnavailable(OnBreakerStoreUnavailableArguments args)
    {
        logger.BreakerStateUnknown(name, args.Exception);
        return ValueTask.CompletedTask;
    }

    private static PipelineCounters? CountersOf(ResilienceContext context) => context.Properties.GetValue(PipelineCounters.Key, null!);
}
