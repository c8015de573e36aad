using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace FunctionsMonitor.Resilience;

/// <summary>Turns what Polly reports of one pipeline into counters, history and log. Quick and never throwing: Polly awaits it.</summary>
internal sealed class PipelineEvents(string name, BreakerHistory history, ILogger logger)
{
    public const string ManualCause = "manual";
    public const string ProbeCancelledCause = "probe cancelled";
    public const string ProbeSucceededCause = "probe succeeded";
    public const string BreakOverCause = "break over";

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

    public ValueTask OnOpened(OnCircuitOpenedArguments<object> args)
    {
        // Polly tells an isolated breaker from an open one by the hand that did it; by hand it is never merely opened.
        if (args.IsManual)
            CutOff(history.Record(BreakerState.Isolated, ManualCause));
        else
            CutOff(history.Record(BreakerState.Open, CauseOf(args.Context, args.Outcome.Exception), args.BreakDuration));
        return ValueTask.CompletedTask;
    }

    public ValueTask OnHalfOpened(OnCircuitHalfOpenedArguments args)
    {
        FailurePredicate.MarkProbe(args.Context);
        Recover(history.Record(BreakerState.HalfOpen, BreakOverCause));
        return ValueTask.CompletedTask;
    }

    public ValueTask OnClosed(OnCircuitClosedArguments<object> args)
    {
        Recover(history.Record(BreakerState.Closed, args.IsManual ? ManualCause : ProbeSucceededCause));
        return ValueTask.CompletedTask;
    }

    private static PipelineCounters? CountersOf(ResilienceContext context) => context.Properties.GetValue(PipelineCounters.Key, null!);

    private static string CauseOf(ResilienceContext context, Exception? exception)
    {
        if (FailurePredicate.IsCancelledProbe(context))
            return ProbeCancelledCause;
        return exception is null ? "unknown" : ErrorSummary.Of(exception);
    }

    private void CutOff(BreakerTransition? transition)
    {
        if (transition is not null)
            logger.BreakerCutOff(name, transition.From, transition.To, transition.Cause);
    }

    private void Recover(BreakerTransition? transition)
    {
        if (transition is not null)
            logger.BreakerRecovering(name, transition.From, transition.To, transition.Cause);
    }
}
