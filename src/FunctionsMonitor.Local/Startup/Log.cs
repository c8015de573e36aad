namespace FunctionsMonitor.Local.Startup;

/// <summary>Event ids 1900 to 1909.</summary>
internal static partial class Log
{
    [LoggerMessage(1900, LogLevel.Information, "FunctionsMonitor {Version} listens on {Address}; data in {DataPath}. Ctrl-C stops it.")]
    public static partial void Listening(ILogger logger, string address, string dataPath, string version);

    [LoggerMessage(1901, LogLevel.Information, "Keys are needed: send the ingest, read or operate key in x-functions-key.")]
    public static partial void KeysNeeded(ILogger logger);

    [LoggerMessage(1902, LogLevel.Warning, "Other machines can reach this host, and keys and events travel unencrypted: put a proxy that does TLS in front of it.")]
    public static partial void NotEncrypted(ILogger logger);

    [LoggerMessage(1903, LogLevel.Information,
        "Send an event:    curl {Url}/events --json '{{\"event_type\":\"hello\",\"source\":\"me\",\"timestamp\":\"'$(date -u +%FT%TZ)'\",\"data\":{{}}}}'")]
    public static partial void TrySending(ILogger logger, string url);

    [LoggerMessage(1904, LogLevel.Information, "Flush it:         curl -X POST {Url}/metrics/flush")]
    public static partial void TryFlushing(ILogger logger, string url);

    [LoggerMessage(1905, LogLevel.Information, "Look at it all:   {Url}/dashboard")]
    public static partial void TryReading(ILogger logger, string url);

    [LoggerMessage(1906, LogLevel.Information,
        "Stopped after {Seconds:F1} s. Everything acknowledged is durable; {Events} events in {Segments} segments wait in {DataPath} for the next flush.")]
    public static partial void Stopped(ILogger logger, double seconds, long events, long segments, string dataPath);

    [LoggerMessage(1907, LogLevel.Warning, "Stopped. Everything acknowledged is durable; what waits in {DataPath} could not be counted.")]
    public static partial void StoppedUncounted(ILogger logger, Exception exception, string dataPath);
}
