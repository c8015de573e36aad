namespace FunctionsMonitor.Flushing;

public static class MetricsQueriesExtensions
{
    /// <summary>What the store knows by itself.</summary>
    public static ValueTask<IReadOnlyList<IncarnationRecord>> ReadLedgerAsync(this IMetricsQueries queries, CancellationToken cancellationToken) =>
        queries.ReadLedgerAsync([], cancellationToken);
}
