namespace FunctionsMonitor.Events;

/// <summary>
/// The time of an event: whole microseconds since 1970-01-01T00:00:00Z. Every store keeps exactly this number, so that one
/// event has one key everywhere (a database that rounds text and one that truncates binary would otherwise make two).
/// </summary>
public static class EventTime
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;
    private const long MicrosecondsPerMinute = 60_000_000;

    /// <summary>Microseconds since the Unix epoch, truncated toward the past.</summary>
    public static long ToMicroseconds(DateTimeOffset time) => FloorDivide(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, TicksPerMicrosecond);

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        new(DateTimeOffset.UnixEpoch.UtcTicks + (microseconds * TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The start of the minute, in minutes since the Unix epoch; the grain of every rollup.</summary>
    public static long ToMinute(long microseconds) => FloorDivide(microseconds, MicrosecondsPerMinute);

    public static DateTimeOffset FromMinute(long minute) => DateTimeOffset.UnixEpoch.AddMinutes(minute);

    private static long FloorDivide(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);
}
