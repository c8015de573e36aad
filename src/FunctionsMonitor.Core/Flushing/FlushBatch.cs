using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Flushing;

/// <summary>The segments of one transaction.</summary>
/// <param name="FlushId">The flush they belong to; kept with every segment's row.</param>
/// <param name="Segments">Oldest first, at least one.</param>
/// <param name="ExpireBefore">Events with an earlier timestamp (microseconds since the Unix epoch) are counted as expired and not stored.</param>
/// <param name="FlushedAt">The time that is written as the time of the flush.</param>
public sealed record FlushBatch(Guid FlushId, IReadOnlyList<DecodedSegment> Segments, long ExpireBefore, DateTimeOffset FlushedAt)
{
    /// <summary>Dead letters there is room for; one more and the batch is refused with <see cref="DeadLetterCapException"/>.</summary>
    public long DeadLetterRoom { get; init; } = long.MaxValue;

    public int EventCount => Segments.Sum(segment => segment.Header.Count);
}
