using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Validation;

/// <summary>Event ids 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Error, "The validation rule {Rule} throws; its events get a warning instead. Reported once.")]
    public static partial void RuleFailed(ILogger logger, Exception exception, string rule);
}
