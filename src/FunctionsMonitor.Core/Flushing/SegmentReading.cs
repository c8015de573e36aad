using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Flushing;

/// <summary>What came of reading one entry of the buffer.</summary>
internal readonly record struct SegmentReading(DecodedSegment? Segment, SegmentReadingKind Kind)
{
    public static SegmentReading Gone { get; } = new(null, SegmentReadingKind.Gone);
}
