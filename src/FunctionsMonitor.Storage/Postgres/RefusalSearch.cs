using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// Finds the events of a batch that the database refuses, by halving: about <c>2 log2 n</c> trials for each of them. What a trial has put in
/// stays in for the following ones, so that an event is also found that is refused only after another one. No refusal is believed before
/// a <see cref="CanaryEvent"/> went in, by the same path, where the refused one did not.
/// </summary>
internal sealed class RefusalSearch(PostgresWritePath path, FlushBatch batch, TimeProvider time)
{
    private const string Trial = "trial";
    private readonly RefusedEvents refused = new();

    /// <returns>At least one event.</returns>
    /// <param name="connection">Nothing of what is done there is kept.</param>
    /// <param name="refusal">What the batch was refused for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="MetricsPathException">No event is at fault.</exception>
    /// <exception cref="DeadLetterCapException">More of them than there is room for.</exception>
    public async ValueTask<RefusedEvents> RunAsync(NpgsqlConnection connection, PostgresException refusal, CancellationToken cancellationToken)
    {
        var events = Events();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await NarrowAsync(transaction, events, cancellationToken).ConfigureAwait(false);
        return refused.Count > 0
            ? refused
            : throw new MetricsPathException($"The store refuses the batch, but none of its events: {refusal.MessageText}", refusal);
    }

    private async ValueTask NarrowAsync(NpgsqlTransaction transaction, ArraySegment<PlacedEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0 || await TryAsync(transaction, events, keep: true, cancellationToken).ConfigureAwait(false) is not { } refusal)
            return;

        if (events.Count > 1)
        {
            var half = events.Count / 2;
            await NarrowAsync(transaction, events[..half], cancellationToken).ConfigureAwait(false);
            await NarrowAsync(transaction, events[half..], cancellationToken).ConfigureAwait(false);
            return;
        }

        if (await TryAsync(transaction, [new(Guid.Empty, 0, CanaryEvent.At(time.GetUtcNow()))], keep: false, cancellationToken).ConfigureAwait(false) is { } refusesAll)
            throw new MetricsPathException($"The store refuses any event, not only one: {refusesAll.MessageText}", refusesAll);
        if (refused.Count >= batch.DeadLetterRoom)
            throw new DeadLetterCapException(batch.DeadLetterRoom);
        refused.Add(events[0].SegmentId, events[0].Position, PostgresRefusals.From(refusal));
    }

    /// <summary>Null when they went in. What is no data error is thrown as it is.</summary>
    private async ValueTask<PostgresException?> TryAsync(
        NpgsqlTransaction transaction, IReadOnlyList<PlacedEvent> events, bool keep, CancellationToken cancellationToken)
    {
        await transaction.SaveAsync(Trial, cancellationToken).ConfigureAwait(false);
        PostgresException? refusal = null;
        try
        {
            await path.TryInTransactionAsync(transaction.Connection!, events, cancellationToken).ConfigureAwait(false);
            if (keep)
            {
                await transaction.ReleaseAsync(Trial, cancellationToken).ConfigureAwait(false);
                return null;
            }
        }
        catch (PostgresException exception) when (PostgresErrors.IsData(exception))
        {
            refusal = exception;
        }

        await transaction.RollbackAsync(Trial, cancellationToken).ConfigureAwait(false);
        await transaction.ReleaseAsync(Trial, cancellationToken).ConfigureAwait(false);
        return refusal;
    }

    /// <summary>What would be stored as far as anybody knows, in the order in which it would be.</summary>
    private ArraySegment<PlacedEvent> Events()
    {
        var events = new List<PlacedEvent>(batch.EventCount);
        foreach (var segment in batch.Segments)
        {
            var position = 0;
            foreach (var item in segment)
            {
                if (item.Timestamp >= batch.ExpireBefore && refused.Find(segment.Header.Id, position, item) is null)
                    events.Add(new(segment.Header.Id, position, item));
                position++;
            }
        }

        return events.ToArray();
    }
}
