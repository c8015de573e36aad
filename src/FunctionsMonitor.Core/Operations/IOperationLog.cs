namespace FunctionsMonitor.Operations;

/// <summary>
/// The operator log. It lives beside the breaker state, never in the metrics store: isolating <c>metrics-store</c> while it is down
/// must be recorded.
/// </summary>
public interface IOperationLog
{
    ValueTask AppendAsync(OperationEntry entry, CancellationToken cancellationToken);

    /// <summary>Newest first, before the given id; at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<OperationEntry>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken);
}
