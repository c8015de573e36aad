using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Buffering;

/// <summary>Event ids 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Error, "Segment {Number} with {Events} events was not acknowledged ({Code}).")]
    public static partial void SegmentNotWritten(ILogger logger, Exception exception, long number, int events, string code);

    [LoggerMessage(1201, LogLevel.Warning, "The buffer could not be listed; its depth is the last one known.")]
    public static partial void ListingFailed(ILogger logger, Exception exception);

    [LoggerMessage(1202, LogLevel.Warning, "The buffer is over its cap: {Bytes} bytes, oldest from {Oldest:O}. POST /events answers 429 until a flush drains it.")]
    public static partial void OverCap(ILogger logger, long bytes, DateTimeOffset? oldest);

    [LoggerMessage(1203, LogLevel.Information, "The buffer is under its cap again.")]
    public static partial void UnderCap(ILogger logger);
}
