namespace FunctionsMonitor.Events;

/// <summary>
/// One monitoring event as it is kept: identity and time fixed at first receipt, text as UTF-8, JSON as the bytes that were
/// received. A view over a buffer that somebody else owns: copy what must outlive it.
/// </summary>
public readonly record struct MonitoringEvent
{
    /// <summary>Given by the client, or a UUIDv7 made at receipt.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it happened, in microseconds since the Unix epoch; the time of receipt when the client gave none.</summary>
    public required long Timestamp { get; init; }

    /// <summary>When it was received, in microseconds since the Unix epoch.</summary>
    public required long ReceivedAt { get; init; }

    public required EventMarks Marks { get; init; }

    /// <summary>How long its validation took, in nanoseconds.</summary>
    public required uint ValidationNanoseconds { get; init; }

    public required ushort Errors { get; init; }

    public required ushort Warnings { get; init; }

    /// <summary>UTF-8, 1 to 50 characters.</summary>
    public required ReadOnlyMemory<byte> Type { get; init; }

    /// <summary>UTF-8, 1 to 100 characters.</summary>
    public required ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>JSON, byte for byte as received; null when the client sent none.</summary>
    public required ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>JSON, byte for byte as received; null when the client sent none.</summary>
    public required ReadOnlyMemory<byte>? Metadata { get; init; }

    /// <summary>
    /// A JSON array of what validation found, <c>{field, code, severity, message, original}</c>, with the original JSON of every
    /// value that could not be kept as it was; null when nothing was found.
    /// </summary>
    public required ReadOnlyMemory<byte>? Issues { get; init; }
}
