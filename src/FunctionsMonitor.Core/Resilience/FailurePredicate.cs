using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// Answers for one pipeline the two questions that Polly asks after an attempt: retry it, and does it count as a failure?
/// Both are yes for a transient error and for an attempt timeout, and for nothing else.
/// </summary>
internal sealed class FailurePredicate(string name, Func<Exception, bool> isTransient, CircuitBreakerStateProvider breaker, ILogger logger)
{
    private static readonly ResiliencePropertyKey<bool> _probe = new("FunctionsMonitor.Probe");

    /// <summary>Notes that this call's attempt is the half-open breaker's probe.</summary>
    public static void MarkProbe(ResilienceContext context) => context.Properties.Set(_probe, true);

    /// <summary>Whether the attempt that just ended was the probe, and its caller or the total timeout cancelled it.</summary>
    public static bool IsCancelledProbe(ResilienceContext context) =>
        context.CancellationToken.IsCancellationRequested && context.Properties.GetValue(_probe, false);

    /// <summary>Whether to try again. Never after the caller or the total timeout ended the call.</summary>
    public ValueTask<bool> ShouldRetry(RetryPredicateArguments<object> args) =>
        ValueTask.FromResult(
            args.Outcome.Exception is { } exception && !args.Context.CancellationToken.IsCancellationRequested && IsTransient(exception));

    /// <summary>
    /// Whether the attempt counts as a failure to the breaker; otherwise it counts as a success, for Polly's breaker knows no
    /// third answer. A cancelled attempt is neither, so it leaves by a throw, which passes the breaker's books by. The probe
    /// alone may not leave like that, or the breaker would stay half-open for ever: cancelled, it opens the circuit again.
    /// </summary>
    public ValueTask<bool> IsFailure(CircuitBreakerPredicateArguments<object> args)
    {
        var context = args.Context;
        if (args.Outcome.Exception is { } exception)
        {
            if (IsCancelledProbe(context) && breaker.CircuitState == CircuitState.HalfOpen)
                return ValueTask.FromResult(true);
            context.CancellationToken.ThrowIfCancellationRequested();
            context.Properties.Set(_probe, false);
            return ValueTask.FromResult(IsTransient(exception));
        }

        context.Properties.Set(_probe, false);
        return ValueTask.FromResult(false);
    }

    private bool IsTransient(Exception exception) => exception switch
    {
        TimeoutRejectedException => true,
        BrokenCircuitException => false,
        _ => Ask(exception),
    };

    // A predicate that throws would leave Polly's breaker half-open for ever. What cannot be classified is transient.
    private bool Ask(Exception exception)
    {
        try
        {
            return isTransient(exception);
        }
        catch (Exception thrown)
        {
            logger.PredicateThrew(name, thrown);
            return true;
        }
    }
}
