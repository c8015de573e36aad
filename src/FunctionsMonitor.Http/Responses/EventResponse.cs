using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A stored event.</summary>
public sealed record EventResponse
{
    public required Guid EventId { get; init; }

    public required string EventType { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    public required string Source { get; init; }

    /// <summary>Byte for byte as it was received; absent when it was not sent.</summary>
    public RawJson? Data { get; init; }

    /// <summary>Byte for byte as it was received; absent when it was not sent.</summary>
    public RawJson? Metadata { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required EventValidationResponse Validation { get; init; }

    /// <summary>It came back from a dead letter.</summary>
    public required bool Replayed { get; init; }

    public required Guid SegmentId { get; init; }

    public static EventResponse Of(StoredEvent item) => new()
    {
        EventId = item.Key.Id,
        EventType = item.Type,
        Timestamp = EventTime.FromMicroseconds(item.Key.Timestamp),
        Source = item.Source,
        Data = RawJson.Of(item.Data),
        Metadata = RawJson.Of(item.Metadata),
        ReceivedAt = EventTime.FromMicroseconds(item.ReceivedAt),
        Validation = EventValidationResponse.Of(item),
        Replayed = item.Marks.HasFlag(EventMarks.Replayed),
        SegmentId = item.SegmentId,
    };
}
