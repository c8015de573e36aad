using System.Collections.Concurrent;
using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// What the three ways in have in common: one transaction a batch, and what happens when the database refuses it for what is in it. The events
/// at fault are looked for in a transaction of trials that is rolled back; then the batch is written again with those among its dead letters.
/// </summary>
internal abstract class PostgresWritePath(NpgsqlDataSource source, TimeProvider time) : IWritePath
{
    private readonly ConcurrentBag<IngestCall> spare = [];

    public abstract string Name { get; }

    public async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteOrSearchAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrors.FlushInProgress)
        {
            throw new FlushInProgressException(null, null);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrors.DeadLettersFull)
        {
            throw new DeadLetterCapException(batch.DeadLetterRoom);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            source.ForgetReadOnlySessions();
            throw;
        }
    }

    /// <summary>
    /// Would the database take these events? In an open transaction; what it takes stays there. Duplicates are no matter.
    /// </summary>
    /// <exception cref="PostgresException">No; the transaction is aborted.</exception>
    public abstract ValueTask TryInTransactionAsync(NpgsqlConnection connection, IReadOnlyList<PlacedEvent> events, CancellationToken cancellationToken);

    /// <summary>Writes a batch in one transaction of its own, these events among the dead letters.</summary>
    protected abstract ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(
        NpgsqlConnection connection, FlushBatch batch, RefusedEvents refused, CancellationToken cancellationToken);

    /// <summary>An empty one; give it back with <see cref="Return"/>.</summary>
    protected IngestCall Rent() => spare.TryTake(out var call) ? call : new IngestCall();

    protected void Return(IngestCall call)
    {
        call.Clear();
        spare.Add(call);
    }

    private async ValueTask<IReadOnlyList<SegmentOutcome>> WriteOrSearchAsync(FlushBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(batch, new RefusedEvents(), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refusal) when (PostgresErrors.IsData(refusal))
        {
            var search = new RefusalSearch(this, batch, time);
            RefusedEvents refused;
            await using (var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false))
                refused = await search.RunAsync(connection, refusal, cancellationToken).ConfigureAwait(false);

            return await WriteAgainAsync(batch, refused, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAgainAsync(FlushBatch batch, RefusedEvents refused, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(batch, refused, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (PostgresErrors.IsData(exception))
        {
            throw new MetricsPathException($"The store refuses the batch also without what it refuses alone: {exception.MessageText}", exception);
        }
    }

    private async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch, RefusedEvents refused, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await WriteAsync(connection, batch, refused, cancellationToken).ConfigureAwait(false);
    }
}
