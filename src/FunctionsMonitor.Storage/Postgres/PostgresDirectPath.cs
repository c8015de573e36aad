using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// Binary COPY into the table and set statements for the rest, in one transaction. An event that is there already ends the COPY; then the batch
/// goes by way of a temporary table. Needs INSERT and SELECT on the tables, UPDATE on the rollups, and TEMPORARY for that second way.
/// </summary>
internal sealed class PostgresDirectPath(NpgsqlDataSource source, TimeProvider time) : PostgresWritePath(source, time)
{
    private const int SecondsToEnd = 5;
    private readonly NpgsqlDataSource source = source;

    public override string Name => "direct";

    public override ValueTask TryInTransactionAsync(
        NpgsqlConnection connection, IReadOnlyList<PlacedEvent> events, CancellationToken cancellationToken) =>
        EndingAsync(connection, () => MergeInTransactionAsync(connection, events, cancellationToken), cancellationToken);

    protected override async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(
        NpgsqlConnection connection, FlushBatch batch, RefusedEvents refused, CancellationToken cancellationToken)
    {
        IReadOnlyList<SegmentOutcome> outcomes = [];
        await EndingAsync(
            connection, async () => outcomes = await CopyOrMergeAsync(connection, batch, refused, cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return outcomes;
    }

    private static async ValueTask MergeInTransactionAsync(
        NpgsqlConnection connection, IReadOnlyList<PlacedEvent> events, CancellationToken cancellationToken)
    {
        await using (var begin = new NpgsqlBatch(connection) { Timeout = 0 })
        {
            begin.BatchCommands.Add(new(DirectStatements.Lock));
            DirectStatements.AddGiven(begin);
            await BeginAsync(begin, cancellationToken).ConfigureAwait(false);
        }

        await using (var rows = await CopiedRows.BeginAsync(connection, merging: true, cancellationToken).ConfigureAwait(false))
        {
            foreach (var placed in events)
                await rows.WriteAsync(placed.SegmentId, placed.Position, placed.Event, cancellationToken).ConfigureAwait(false);
            await rows.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        await using var merge = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var sql in DirectStatements.Merge)
            merge.BatchCommands.Add(new(sql));
        merge.BatchCommands.Add(new("SET CONSTRAINTS ALL IMMEDIATE"));
        await merge.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Whoever gives up a COPY leaves the server at it: Npgsql drops the connection, and a backend that is busy with a row looks for that only
    /// afterwards. So that it does not go on holding the flushers' lock it is told, by another connection.
    /// </summary>
    private async ValueTask EndingAsync(NpgsqlConnection connection, Func<ValueTask> work, CancellationToken cancellationToken)
    {
        var backend = connection.ProcessID;
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            try
            {
                // Its number may be another backend's by now, but not one that copies events.
                await using var end = source.CreateCommand(
                    "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE 'COPY %'");
                end.Parameters.Add(new NpgsqlParameter<int> { TypedValue = backend });
                end.CommandTimeout = SecondsToEnd;
                await end.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException or TimeoutException or IOException)
            {
                // The server is gone, and with it the backend; or it has other means to notice; or the host stops and its pool is closed. Whoever
                // waits is to see why the work ended, and not this.
            }

            throw;
        }
    }

    private async ValueTask<IReadOnlyList<SegmentOutcome>> CopyOrMergeAsync(
        NpgsqlConnection connection, FlushBatch batch, RefusedEvents refused, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(connection, batch, refused, merging: false, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (PostgresErrors.IsEventKey(exception))
        {
            await using (var rollback = new NpgsqlCommand("ROLLBACK", connection))
                await rollback.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return await WriteAsync(connection, batch, refused, merging: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(
        NpgsqlConnection connection, FlushBatch batch, RefusedEvents refused, bool merging, CancellationToken cancellationToken)
    {
        var known = await BeginAsync(connection, batch, merging, cancellationToken).ConfigureAwait(false);
        var call = Rent();
        try
        {
            var counts = new Dictionary<Guid, DirectCounts>();
            await using (var rows = await CopiedRows.BeginAsync(connection, merging, cancellationToken).ConfigureAwait(false))
            {
                foreach (var segment in batch.Segments)
                {
                    if (!known.Contains(segment.Header.Id))
                        counts.Add(segment.Header.Id, await CopyAsync(rows, call, segment, batch, refused, cancellationToken).ConfigureAwait(false));
                }

                await rows.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }

            if (merging)
                await MergeAsync(connection, batch, counts, cancellationToken).ConfigureAwait(false);
            if (counts.Values.Sum(count => (long)count.Dead) > batch.DeadLetterRoom)
                throw new DeadLetterCapException(batch.DeadLetterRoom);

            await using var rest = new NpgsqlBatch(connection) { Timeout = 0 };
            DirectStatements.AddDeadLetters(rest, call, batch);
            DirectStatements.AddRollups(rest, call, merging);
            DirectStatements.AddSegments(rest, call, batch, counts);
            rest.BatchCommands.Add(new("COMMIT"));
            await rest.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return [.. batch.Segments.Select(segment => counts.TryGetValue(segment.Header.Id, out var count)
                ? new SegmentOutcome(segment.Header.Id, false, count.Stored, count.Duplicates, count.Dead, count.Expired)
                : new SegmentOutcome(segment.Header.Id, true, 0, 0, 0, 0))];
        }
        finally
        {
            Return(call);
        }
    }

    /// <summary>Opens the transaction. A connection that goes back to the pool with one open is rolled back there.</summary>
    /// <returns>The segments that were flushed before.</returns>
    private static async ValueTask<HashSet<Guid>> BeginAsync(NpgsqlConnection connection, FlushBatch batch, bool merging, CancellationToken cancellationToken)
    {
        await using var begin = new NpgsqlBatch(connection) { Timeout = 0 };
        begin.BatchCommands.Add(new("BEGIN"));
        begin.BatchCommands.Add(new(DirectStatements.Lock));
        // A statement of its own: it must see what was committed before the lock was got.
        begin.BatchCommands.Add(new("SELECT segment_id FROM monitoring.flushed_segments WHERE segment_id = ANY ($1)")
        {
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. batch.Segments.Select(segment => segment.Header.Id)] } },
        });
        if (merging)
            DirectStatements.AddGiven(begin);
        return await BeginAsync(begin, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<HashSet<Guid>> BeginAsync(NpgsqlBatch begin, CancellationToken cancellationToken)
    {
        await using var reader = await begin.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false) || !reader.GetBoolean(0))
            throw new FlushInProgressException(null, null);

        var known = new HashSet<Guid>();
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                known.Add(reader.GetGuid(0));
        }

        return known;
    }

    private static async ValueTask<DirectCounts> CopyAsync(
        CopiedRows rows, IngestCall call, DecodedSegment segment, FlushBatch batch, RefusedEvents refused, CancellationToken cancellationToken)
    {
        var deadBefore = call.DeadLetters.Count;
        call.Begin(segment.Header);
        foreach (var item in segment)
        {
            if (call.Sort(item, batch, refused))
                await rows.WriteAsync(segment.Header.Id, call.Position, item, cancellationToken).ConfigureAwait(false);
        }

        call.End();
        var dead = call.DeadLetters.Count - deadBefore;
        return new DirectCounts(call.Stored, 0, dead, segment.Header.Count - call.Stored - dead);
    }

    /// <summary>From the temporary table into the events; what is no new event is counted, and kept if its key is another one's.</summary>
    private static async ValueTask MergeAsync(
        NpgsqlConnection connection, FlushBatch batch, Dictionary<Guid, DirectCounts> counts, CancellationToken cancellationToken)
    {
        await using var merge = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var sql in DirectStatements.Merge)
            merge.BatchCommands.Add(new(sql));
        DirectStatements.AddConflicts(merge, batch);
        merge.BatchCommands.Add(new(DirectStatements.CountFates));
        await using var reader = await merge.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        do
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var (id, stored, duplicates, conflicts) = (reader.GetGuid(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3));
                var before = counts[id];
                counts[id] = before with { Stored = stored, Duplicates = duplicates, Dead = before.Dead + conflicts };
            }
        }
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
    }
}
