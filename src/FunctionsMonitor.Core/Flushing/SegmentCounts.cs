namespace FunctionsMonitor.Flushing;

/// <summary>Sums over segments.</summary>
public sealed record SegmentCounts(long Stored, long Duplicates, long Dead, long Expired)
{
    public long Total => Stored + Duplicates + Dead + Expired;

    public static SegmentCounts operator +(SegmentCounts a, SegmentCounts b) =>
        new(a.Stored + b.Stored, a.Duplicates + b.Duplicates, a.Dead + b.Dead, a.Expired + b.Expired);
}
