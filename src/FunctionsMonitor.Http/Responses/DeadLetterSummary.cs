using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A dead letter in a list: all but its event's bytes.</summary>
public sealed record DeadLetterSummary
{
    public required string Id { get; init; }

    public required string Reason { get; init; }

    public required string Detail { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>When it was last put back; absent when never.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }

    public required int Replays { get; init; }

    public required Guid EventId { get; init; }

    public required string EventType { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    public required string Source { get; init; }

    public static DeadLetterSummary Of(DeadLetter letter) => new()
    {
        Id = letter.Id.ToString(),
        Reason = letter.Reason,
        Detail = letter.Detail,
        DiedAt = letter.DiedAt,
        ReplayedAt = letter.ReplayedAt,
        Replays = letter.Replays,
        EventId = letter.Event.Key.Id,
        EventType = letter.Event.Type,
        Timestamp = EventTime.FromMicroseconds(letter.Event.Key.Timestamp),
        Source = letter.Event.Source,
    };
}
