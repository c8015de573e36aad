namespace FunctionsMonitor.Flushing;

/// <summary>
/// What the metrics store knows of one incarnation: its folded past (an unbroken run 1 … <see cref="FoldedThrough"/>), and what its rows that
/// are not folded yet add up to. It is as long as there are gaps and abandoned numbers, however many segments there were.
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

    /// <summary>Of the rows behind the folded run whose number is not abandoned: events acknowledged; 0 when there is none.</summary>
    public required long Accepted { get; init; }

    /// <summary>Of the rows behind the folded run whose number is abandoned: the events in them.</summary>
    public required long Unacknowledged { get; init; }

    /// <summary>The sums of all rows, also of one that came back after its number was folded.</summary>
    public required SegmentCounts Flushed { get; init; }

    /// <summary>The numbers that have a row, in order. A number used twice is in them once.</summary>
    public required IReadOnlyList<SegmentRun> Runs { get; init; }

    /// <summary>Numbers that the headers of flushed segments list as abandoned, in order.</summary>
    public required IReadOnlyList<long> Abandoned { get; init; }
}
