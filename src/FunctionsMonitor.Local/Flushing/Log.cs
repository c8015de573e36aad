namespace FunctionsMonitor.Local.Flushing;

/// <summary>Event ids 1910 to 1919.</summary>
internal static partial class Log
{
    [LoggerMessage(1910, LogLevel.Error, "Flushes fail: {Cause} Events go on being accepted and wait in the data folder; trying again.")]
    public static partial void FlushesFail(ILogger logger, Exception? exception, string cause);

    [LoggerMessage(1911, LogLevel.Information, "Flushes work again, after {Failures} failed since {Since:O}.")]
    public static partial void FlushesWorkAgain(ILogger logger, int failures, DateTimeOffset since);
}
