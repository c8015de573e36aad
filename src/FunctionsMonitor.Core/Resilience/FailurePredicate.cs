using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// Answers for one pipeline the two questions that Polly asks after an attempt: retry it, and does it count as a failure?
/// Both are yes for a transient error and for an attempt timeout, and for nothing else.
/// </summary>
internal sealed class FailurePredicate(string name, Func<Exception, bool> isTransient, ILogger logger)
{
    /// <summary>Whether to try again. Never after the caller or the total timeout ended the call.</summary>
    public ValueTask<bool> ShouldRetry(RetryPredicateArguments<object> args) =>
        ValueTask.FromResult(
            args.Outcome.Exception is { } exception && !args.Context.CancellationToken.IsCancellationRequested && IsTransient(exception));

    /// <summary>Whether the attempt counts as a failure to the breaker. One that its caller cancelled counts as nothing, whatever is said here.</summary>
    public ValueTask<bool> IsFailure(CircuitBreakerPredicateArguments<object> args) =>
        ValueTask.FromResult(
            args.Outcome.Exception is { } exception && !args.Context.CancellationToken.IsCancellationRequested && IsTransient(exception));

    private bool IsTransient(Exception exception) => exception switch
    {
        TimeoutRejectedException => true,
        BrokenCircuitException => false,
        _ => Ask(exception),
    };

    // A predicate that throws would take the place of the error it was asked about. What cannot be classified is transient.
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
