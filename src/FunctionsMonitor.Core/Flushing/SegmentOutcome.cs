namespace FunctionsMonitor.Flushing;

/// <summary>What became of the events of one segment: <c>count = stored + duplicates + dead + expired</c>, always.</summary>
/// <param name="SegmentId">The segment.</param>
/// <param name="AlreadyFlushed">Its row was there before: an earlier flush committed and was cut off before it could delete the segment.</param>
/// <param name="Stored">Rows inserted.</param>
/// <param name="Duplicates">Same identity, same bytes as a stored event.</param>
/// <param name="Dead">Kept as dead letters.</param>
/// <param name="Expired">Older than the retention when they were flushed.</param>
public sealed record SegmentOutcome(Guid SegmentId, bool AlreadyFlushed, int Stored, int Duplicates, int Dead, int Expired);
