using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Idempotency;

/// <summary>Event ids 1600 to 1699.</summary>
internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Warning, "The answer to a request with an idempotency key could not be kept. Its events are durable; a repeat does the work again, with the same identities.")]
    public static partial void AnswerNotKept(ILogger logger, Exception exception);

    [LoggerMessage(1601, LogLevel.Warning, "An answer of {Bytes} bytes to a request with an idempotency key is too large to be kept; a repeat does the work again, with the same identities.")]
    public static partial void AnswerTooLarge(ILogger logger, int bytes);

    [LoggerMessage(1602, LogLevel.Warning, "Expired idempotency keys could not be deleted; the next purge tries again.")]
    public static partial void NotPurged(ILogger logger, Exception exception);
}
