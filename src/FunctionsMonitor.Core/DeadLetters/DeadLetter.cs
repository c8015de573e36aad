using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.DeadLetters;

/// <summary>An event that could not be stored as it is, whole, with the reason.</summary>
public sealed record DeadLetter
{
    public required DeadLetterId Id { get; init; }

    /// <summary><c>conflict</c> (its identity is taken by other bytes) or the store's own code for what it refused.</summary>
    public required string Reason { get; init; }

    /// <summary>What the store said, in words; at most 500 characters.</summary>
    public required string Detail { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>When it was last put back into the buffer; null when never.</summary>
    public required DateTimeOffset? ReplayedAt { get; init; }

    /// <summary>How many times it was put back.</summary>
    public required int Replays { get; init; }

    /// <summary>The event as it was received.</summary>
    public required StoredEvent Event { get; init; }
}
