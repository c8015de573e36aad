namespace FunctionsMonitor.Flushing;

/// <summary>
/// The books: accepted + unacknowledged = stored + duplicates + dead-lettered + expired + pending + quarantined. The left side is what the
/// ingesting processes counted themselves; the right side is what is found in the stores.
/// </summary>
public sealed record LedgerReport(IReadOnlyList<LedgerIncarnation> Incarnations, DateTimeOffset ComputedAt)
{
    public bool Balanced => Incarnations.All(incarnation => incarnation.Balanced);

    public long Accepted => Incarnations.Sum(incarnation => incarnation.Accepted);

    public long Unacknowledged => Incarnations.Sum(incarnation => incarnation.Unacknowledged);

    public long Stored => Incarnations.Sum(incarnation => incarnation.Flushed.Stored);

    public long Duplicates => Incarnations.Sum(incarnation => incarnation.Flushed.Duplicates);

    /// <summary>Ever put among the dead letters; not how many are there now.</summary>
    public long DeadLettered => Incarnations.Sum(incarnation => incarnation.Flushed.Dead);

    public long Expired => Incarnations.Sum(incarnation => incarnation.Flushed.Expired);

    public long Pending => Incarnations.Sum(incarnation => incarnation.Pending);

    public long Quarantined => Incarnations.Sum(incarnation => incarnation.Quarantined);

    public long Missing => Incarnations.Sum(incarnation => incarnation.Missing);

    public IReadOnlyList<LedgerGap> Gaps => [.. Incarnations.SelectMany(incarnation => incarnation.Gaps)];
}
