namespace FunctionsMonitor.Flushing;

/// <summary>The books of one process's life.</summary>
public sealed record LedgerIncarnation
{
    public required Guid Incarnation { get; init; }

    /// <summary>The highest number seen.</summary>
    public required long LastNumber { get; init; }

    /// <summary>Events acknowledged, by its own count (carried in every segment's name).</summary>
    public required long Accepted { get; init; }

    /// <summary>Events that are durable although their request was not acknowledged (the outcome of the write was unknown).</summary>
    public required long Unacknowledged { get; init; }

    public required SegmentCounts Flushed { get; init; }

    public required long Pending { get; init; }

    public required long Quarantined { get; init; }

    /// <summary>Acknowledged and nowhere to be found.</summary>
    public long Missing => Accepted + Unacknowledged - Flushed.Total - Pending - Quarantined;

    public required IReadOnlyList<LedgerGap> Gaps { get; init; }

    public bool Balanced => Missing == 0 && Gaps.Count == 0;
}
