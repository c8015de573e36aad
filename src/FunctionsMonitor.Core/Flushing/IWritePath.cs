namespace FunctionsMonitor.Flushing;

/// <summary>
/// One way into the metrics store. All paths keep one rule of identity: a segment whose row exists is left alone, an event whose
/// (timestamp, id) exists is a duplicate or a conflict, so any batch may be written again, by any path, after any failure.
/// </summary>
public interface IWritePath
{
    /// <summary><c>rpc</c>, <c>direct</c>, <c>view</c>, or the embedded store's <c>sqlite</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Writes events, rollups (of stored and of rejected events), dead letters and one row per segment in ONE transaction. Data errors of
    /// single events end as dead letters in that same transaction; everything else is thrown and nothing is kept.
    /// </summary>
    /// <exception cref="FlushInProgressException">Another flusher holds the store.</exception>
    /// <exception cref="DeadLetterCapException">More dead letters than <see cref="FlushBatch.DeadLetterRoom"/>.</exception>
    ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch, CancellationToken cancellationToken);
}
