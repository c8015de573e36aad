namespace FunctionsMonitor.Flushing;

/// <summary>
/// What the metrics store knows of one incarnation: its folded past (an unbroken run 1 … <see cref="FoldedThrough"/>) and its rows.
/// </summary>
public sealed record IncarnationRecord
{
    public required Guid Incarnation { get; init; }

    /// <summary>Last number of the folded run; 0 when nothing is folded.</summary>
    public required long FoldedThrough { get; init; }

    /// <summary>Of the folded run: events acknowledged (see <see cref="Buffering.SegmentName.AcceptedThrough"/> of its last segment).</summary>
    public required long FoldedAccepted { get; init; }

    /// <summary>Of the folded run: events in segments whose number a later header listed as abandoned, though they exist.</summary>
    public required long FoldedUnacknowledged { get; init; }

    public required SegmentCounts Folded { get; init; }

    /// <summary>Rows not folded yet, by number.</summary>
    public required IReadOnlyList<SegmentRow> Rows { get; init; }
}
