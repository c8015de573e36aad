using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Http.Responses;

/// <summary>The books of one process's life.</summary>
public sealed record LedgerIncarnationResponse
{
    public required Guid Incarnation { get; init; }

    public required bool Balanced { get; init; }

    /// <summary>The highest number of a segment seen.</summary>
    public required long LastNumber { get; init; }

    public required long Accepted { get; init; }

    public required long Unacknowledged { get; init; }

    public required long Stored { get; init; }

    public required long Duplicates { get; init; }

    public required long DeadLettered { get; init; }

    public required long Expired { get; init; }

    public required long Pending { get; init; }

    public required long Quarantined { get; init; }

    public required long Missing { get; init; }

    public static LedgerIncarnationResponse Of(LedgerIncarnation life) => new()
    {
        Incarnation = life.Incarnation,
        Balanced = life.Balanced,
        LastNumber = life.LastNumber,
        Accepted = life.Accepted,
        Unacknowledged = life.Unacknowledged,
        Stored = life.Flushed.Stored,
        Duplicates = life.Flushed.Duplicates,
        DeadLettered = life.Flushed.Dead,
        Expired = life.Flushed.Expired,
        Pending = life.Pending,
        Quarantined = life.Quarantined,
        Missing = life.Missing,
    };
}
