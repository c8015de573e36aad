using FunctionsMonitor.Events;

namespace FunctionsMonitor.Storage;

/// <summary>
/// The event that tells a bad row from a bad table: written as the refused one was, time = now, and rolled back. If it is refused too, the table is
/// at fault, and believing the rows would end a whole day among the dead letters.
/// </summary>
internal static class CanaryEvent
{
    public static MonitoringEvent At(DateTimeOffset now)
    {
        var micros = EventTime.ToMicroseconds(now);
        return new()
        {
            Id = Guid.CreateVersion7(now),
            Timestamp = micros,
            ReceivedAt = micros,
            Marks = EventMarks.None,
            ValidationNanoseconds = 0,
            Errors = 0,
            Warnings = 0,
            Type = "functionsmonitor.canary"u8.ToArray(),
            Source = "functionsmonitor"u8.ToArray(),
            Data = "{}"u8.ToArray(),
            Metadata = null,
            Issues = null,
        };
    }
}
