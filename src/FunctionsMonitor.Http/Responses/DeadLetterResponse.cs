using FunctionsMonitor.DeadLetters;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A dead letter, whole.</summary>
public sealed record DeadLetterResponse
{
    public required string Id { get; init; }

    public required string Reason { get; init; }

    public required string Detail { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>When it was last put back; absent when never.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }

    public required int Replays { get; init; }

    public required EventResponse Event { get; init; }

    public static DeadLetterResponse Of(DeadLetter letter) => new()
    {
        Id = letter.Id.ToString(),
        Reason = letter.Reason,
        Detail = letter.Detail,
        DiedAt = letter.DiedAt,
        ReplayedAt = letter.ReplayedAt,
        Replays = letter.Replays,
        Event = EventResponse.Of(letter.Event),
    };
}
