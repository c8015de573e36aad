using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flags;

/// <summary>Event ids 1500 to 1599.</summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Warning, "Flags: {Problem}")]
    public static partial void FlagProblem(ILogger logger, string problem);

    [LoggerMessage(1501, LogLevel.Error, "The flags could not be refreshed; the last snapshot stays.")]
    public static partial void RefreshFailed(ILogger logger, Exception exception);
}
