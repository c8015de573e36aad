using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Resilience;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Flushing;

/// <summary>
/// Reads the metrics store through the pipeline <c>metrics-store-read</c>. Whatever keeps it from answering comes out as one exception,
/// with a time to try again.
/// </summary>
public sealed class MetricsReader : IMetricsQueries, IDeadLetterStore
{
    private static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(5);
    private readonly IMetricsQueries queries;
    private readonly IDeadLetterStore deadLetters;
    private readonly MonitorPipeline pipeline;

    internal MetricsReader(IMetricsQueries queries, IDeadLetterStore deadLetters, StorePipelines pipelines)
    {
        this.queries = queries;
        this.deadLetters = deadLetters;
        pipeline = pipelines.Read;
    }

    public string Name => queries.Name;

    public ValueTask<IReadOnlyList<StoredEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken) =>
        ReadAsync(static (s, token) => s.queries.ListEventsAsync(s.query, token), (queries, query), cancellationToken);

    public ValueTask<IReadOnlyList<ValidationRollup>> ListValidationAsync(ValidationQuery query, CancellationToken cancellationToken) =>
        ReadAsync(static (s, token) => s.queries.ListValidationAsync(s.query, token), (queries, query), cancellationToken);

    public ValueTask<IReadOnlyList<FlushReport>> ListFlushesAsync(int limit, CancellationToken cancellationToken) =>
        ReadAsync(static (s, token) => s.queries.ListFlushesAsync(s.limit, token), (queries, limit), cancellationToken);

    public ValueTask<IReadOnlyList<IncarnationRecord>> ReadLedgerAsync(
        IReadOnlyCollection<SegmentNumber> abandoned, CancellationToken cancellationToken) =>
        ReadAsync(static (s, token) => s.queries.ReadLedgerAsync(s.abandoned, token), (queries, abandoned), cancellationToken);

    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await ReadAsync(
            static async (s, token) =>
            {
                await s.PingAsync(token).ConfigureAwait(false);
                return true;
            },
            queries, cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<DeadLetter>> ListAsync(
        DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(
            static (s, token) => s.deadLetters.ListAsync(s.filter, s.after, s.limit, token), (deadLetters, filter, after, limit), cancellationToken);

    public ValueTask<DeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        ReadAsync(static (s, token) => s.deadLetters.FindAsync(s.id, token), (deadLetters, id), cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, long>> CountByReasonAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        ReadAsync(static (s, token) => s.deadLetters.CountByReasonAsync(s.filter, token), (deadLetters, filter), cancellationToken);

    public ValueTask<bool> MarkReplayedAsync(DeadLetterId id, DateTimeOffset at, CancellationToken cancellationToken) =>
        ReadAsync(static (s, token) => s.deadLetters.MarkReplayedAsync(s.id, s.at, token), (deadLetters, id, at), cancellationToken);

    public ValueTask<bool> DeleteAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        ReadAsync(static (s, token) => s.deadLetters.DeleteAsync(s.id, token), (deadLetters, id), cancellationToken);

    private async ValueTask<T> ReadAsync<TState, T>(
        Func<TState, CancellationToken, ValueTask<T>> callback, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(callback, state, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException exception)
        {
            throw new MetricsStoreUnavailableException(
                $"The metrics store is left alone for now. {exception.Message}", exception.RetryAfter ?? RetrySoon, exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MetricsStoreUnavailableException($"The metrics store did not answer: {exception.Message}", RetrySoon, exception);
        }
    }
}
