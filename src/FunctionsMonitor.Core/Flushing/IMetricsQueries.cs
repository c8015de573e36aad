namespace FunctionsMonitor.Flushing;

/// <summary>The metrics store as readers see it. Answers cost by rollup and by page, not by the number of events.</summary>
public interface IMetricsQueries
{
    /// <summary>What it is, for people: <c>SQLite</c>, <c>PostgreSQL</c>.</summary>
    string Name { get; }

    /// <summary>Stored events, newest first, by keyset; at most <see cref="EventQuery.Limit"/>.</summary>
    ValueTask<IReadOnlyList<StoredEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken);

    /// <summary>Rollups between two minutes, merged to <see cref="ValidationQuery.BucketMinutes"/>, ordered by bucket then type.</summary>
    ValueTask<IReadOnlyList<ValidationRollup>> ListValidationAsync(ValidationQuery query, CancellationToken cancellationToken);

    /// <summary>The last flushes, newest first.</summary>
    ValueTask<IReadOnlyList<FlushReport>> ListFlushesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// What the store knows of every incarnation, read in one transaction. It adds up and answers runs of numbers: an instance leaves millions
    /// of rows in a week.
    /// </summary>
    /// <param name="abandoned">Numbers known to be abandoned from segments that still wait; the store knows those of its rows by itself.</param>
    /// <param name="cancellationToken">Ends it.</param>
    ValueTask<IReadOnlyList<IncarnationRecord>> ReadLedgerAsync(IReadOnlyCollection<SegmentNumber> abandoned, CancellationToken cancellationToken);

    /// <summary>Answers when the store can be read; throws when not.</summary>
    ValueTask PingAsync(CancellationToken cancellationToken);
}
