using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Operations;

/// <summary>Event ids 1400 to 1499.</summary>
internal static partial class Log
{
    [LoggerMessage(1400, LogLevel.Error, "The operator log could not be written. {Actor} did {Action} on {Target}: {Outcome}")]
    public static partial void NotRecorded(ILogger logger, Exception exception, string actor, string action, string target, string outcome);
}
