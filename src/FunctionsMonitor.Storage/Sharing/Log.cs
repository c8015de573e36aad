using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Storage.Sharing;

/// <summary>Event ids 3100 to 3109.</summary>
internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Warning, "{Cause}")]
    public static partial void MetricsFileIsNotShared(ILogger logger, string cause);
}
