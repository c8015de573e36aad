namespace FunctionsMonitor.Buffering;

/// <summary>The facts of a segment that are not in its events.</summary>
public sealed record SegmentHeader
{
    public required Guid Id { get; init; }

    public required Guid Incarnation { get; init; }

    public required long Number { get; init; }

    /// <summary>How many events the segment holds.</summary>
    public required int Count { get; init; }

    public required long AcceptedThrough { get; init; }

    /// <summary>When it was made, in microseconds since the Unix epoch.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>
    /// Numbers of this incarnation that were used for a write that failed or whose outcome stayed unknown: never acknowledged, so
    /// their absence is no gap.
    /// </summary>
    public IReadOnlyList<long> Abandoned { get; init; } = [];

    /// <summary>Events that were refused since the last segment; they count in the rollups and nowhere else.</summary>
    public IReadOnlyList<RejectedTotal> Rejected { get; init; } = [];

    /// <summary>The W3C <c>traceparent</c> of the first request in the group, to link the flush to it.</summary>
    public string? TraceParent { get; init; }

    public SegmentName Name => new(Id, Incarnation, Number, Count, AcceptedThrough);
}
