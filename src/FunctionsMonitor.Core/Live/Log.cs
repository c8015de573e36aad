using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Live;

/// <summary>Event ids 1600 to 1699.</summary>
internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Warning, "{Events} durable events were not shown to live subscribers.")]
    public static partial void NotBroadcast(ILogger logger, Exception exception, int events);

    [LoggerMessage(1601, LogLevel.Information, "Listening to the live feed ({Transport}).")]
    public static partial void FeedConnected(ILogger logger, string transport);

    [LoggerMessage(1602, LogLevel.Warning, "The live feed ({Transport}) failed; live subscribers miss events, and nothing else does.")]
    public static partial void FeedFailed(ILogger logger, Exception exception, string transport);
}
