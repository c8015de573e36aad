using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Flushing;

/// <summary>The metrics store as the flusher sees it.</summary>
public interface IMetricsStore
{
    /// <summary>In the order in which they are tried.</summary>
    IReadOnlyList<IWritePath> WritePaths { get; }

    /// <summary>What an exception thrown by this store means for what to do next.</summary>
    ErrorKind Classify(Exception exception);

    /// <summary>
    /// Makes the store ready (schema, partitions). Cheap when there is nothing to do; called before every flush, and after a write that took too long. Where it
    /// can tell, it fails when the store can be read but not written: its answer is taken for the health of writing.
    /// </summary>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Which of these segments have a row already.</summary>
    ValueTask<IReadOnlySet<Guid>> FindFlushedAsync(IReadOnlyCollection<Guid> segmentIds, CancellationToken cancellationToken);

    /// <summary>Notes that these flushed segments are gone from the buffer.</summary>
    ValueTask MarkDeletedAsync(IReadOnlyCollection<Guid> segmentIds, DateTimeOffset deletedAt, CancellationToken cancellationToken);

    /// <summary>
    /// Flushed segments that nobody has noted as deleted, at most <paramref name="limit"/>: a flush was cut off between the commit and that
    /// note, and the segment may be there or gone.
    /// </summary>
    ValueTask<IReadOnlyList<Guid>> ListNotDeletedAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Keeps the report of a flush, for <see cref="IMetricsQueries.ListFlushesAsync"/>.</summary>
    ValueTask RecordFlushAsync(FlushReport report, CancellationToken cancellationToken);

    /// <summary>Removes what is past its time; what the ledger needs is folded into totals in the same transaction.</summary>
    ValueTask<RetentionReport> ApplyRetentionAsync(RetentionCutoffs cutoffs, CancellationToken cancellationToken);

    /// <summary>How many dead letters are kept now.</summary>
    ValueTask<long> CountDeadLettersAsync(CancellationToken cancellationToken);
}
