using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Resilience;

/// <summary>The messages of this folder, ids 5000 to 5099.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Warning, "Pipeline {Pipeline}: attempt {Attempt} failed ({Error}); the next one in {Delay}")]
    public static partial void Retrying(this ILogger logger, string pipeline, int attempt, string error, TimeSpan delay);

    [LoggerMessage(5001, LogLevel.Warning, "Pipeline {Pipeline}: {Strategy} ended an operation after {Timeout}")]
    public static partial void TimedOut(this ILogger logger, string pipeline, string strategy, TimeSpan timeout);

    [LoggerMessage(5002, LogLevel.Error, "Breaker {Pipeline} is open for all instances ({Cause}); the next probe in {RetryAfter}")]
    public static partial void BreakerOpened(this ILogger logger, string pipeline, string cause, TimeSpan? retryAfter);

    [LoggerMessage(5003, LogLevel.Information, "Breaker {Pipeline} is closed again")]
    public static partial void BreakerClosed(this ILogger logger, string pipeline);

    [LoggerMessage(5004, LogLevel.Error, "Pipeline {Pipeline}: the predicate for transient errors threw; the error counts as transient")]
    public static partial void PredicateThrew(this ILogger logger, string pipeline, Exception exception);

    [LoggerMessage(5005, LogLevel.Error, "Breaker {Pipeline} is open on this instance alone ({Cause}); it probes in {RetryAfter}")]
    public static partial void BreakerOpenedAlone(this ILogger logger, string pipeline, string cause, TimeSpan? retryAfter);

    [LoggerMessage(5006, LogLevel.Warning, "Breaker {Pipeline} is isolated by hand ({Cause}); it stays so until it is reset")]
    public static partial void BreakerIsolated(this ILogger logger, string pipeline, string cause);

    [LoggerMessage(5007, LogLevel.Information, "Breaker {Pipeline}: this instance probes")]
    public static partial void BreakerProbing(this ILogger logger, string pipeline);

    [LoggerMessage(5008, LogLevel.Warning, "Breaker {Pipeline}: its shared state is unknown; it goes on as this instance's own")]
    public static partial void BreakerStateUnknown(this ILogger logger, string pipeline, Exception exception);
}
