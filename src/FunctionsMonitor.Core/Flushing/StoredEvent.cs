using FunctionsMonitor.Events;

namespace FunctionsMonitor.Flushing;

/// <summary>An event as the metrics store has it.</summary>
public sealed record StoredEvent
{
    public required EventKey Key { get; init; }

    public required long ReceivedAt { get; init; }

    public required string Type { get; init; }

    public required string Source { get; init; }

    public required EventMarks Marks { get; init; }

    /// <summary>JSON, byte for byte as received.</summary>
    public required ReadOnlyMemory<byte>? Data { get; init; }

    public required ReadOnlyMemory<byte>? Metadata { get; init; }

    /// <summary>As <see cref="MonitoringEvent.Issues"/>.</summary>
    public required ReadOnlyMemory<byte>? Issues { get; init; }

    public required Guid SegmentId { get; init; }
}
