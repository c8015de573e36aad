using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Resilience;

/// <summary>The messages of this folder, ids 5000 to 5099.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Warning, "Pipeline {Pipeline}: attempt {Attempt} failed ({Error}); the next one in {Delay}")]
    public static partial void Retrying(this ILogger logger, string pipeline, int attempt, string error, TimeSpan delay);

    [LoggerMessage(5001, LogLevel.Warning, "Pipeline {Pipeline}: {Strategy} ended an operation after {Timeout}")]
    public static partial void TimedOut(this ILogger logger, string pipeline, string strategy, TimeSpan timeout);

    [LoggerMessage(5002, LogLevel.Error, "Breaker {Pipeline}: {From} to {To} ({Cause})")]
    public static partial void BreakerCutOff(this ILogger logger, string pipeline, BreakerState from, BreakerState to, string cause);

    [LoggerMessage(5003, LogLevel.Information, "Breaker {Pipeline}: {From} to {To} ({Cause})")]
    public static partial void BreakerRecovering(this ILogger logger, string pipeline, BreakerState from, BreakerState to, string cause);

    [LoggerMessage(5004, LogLevel.Error, "Pipeline {Pipeline}: the predicate for transient errors threw; the error counts as transient")]
    public static partial void PredicateThrew(this ILogger logger, string pipeline, Exception exception);
}
