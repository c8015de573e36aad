namespace FunctionsMonitor.Flushing;

/// <summary>Sums over segments.</summary>
public sealed record SegmentCounts(long Stored, long Duplicates, long Dead, long Expired)
{
    public long Total => Stored + Duplicates + Dead + Expired;
}
