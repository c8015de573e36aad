namespace FunctionsMonitor.Local.Demo;

/// <summary>Event ids 1920 to 1929.</summary>
internal static partial class Log
{
    [LoggerMessage(1920, LogLevel.Information, "Demo: sending about {EventsPerSecond} sample events a second, each marked \"demo\" in its metadata.")]
    public static partial void DemoBegins(ILogger logger, int eventsPerSecond);

    [LoggerMessage(1921, LogLevel.Warning, "Demo: the host did not take the events ({Cause}); sending less until it does.")]
    public static partial void DemoBacksOff(ILogger logger, string cause);
}
