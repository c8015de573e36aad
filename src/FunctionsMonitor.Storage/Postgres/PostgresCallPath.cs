using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>A way in by <c>monitoring.ingest_segments</c>, called or behind the view.</summary>
/// <param name="source">Whose role may do that and need do nothing else.</param>
/// <param name="time">For the canary.</param>
/// <param name="sql">Takes <see cref="IngestCall.Arguments"/> as its parameters and answers with one row a segment.</param>
internal abstract class PostgresCallPath(NpgsqlDataSource source, TimeProvider time, string sql) : PostgresWritePath(source, time)
{
    public override async ValueTask TryInTransactionAsync(
        NpgsqlConnection connection, IReadOnlyList<PlacedEvent> events, CancellationToken cancellationToken)
    {
        var call = Rent();
        try
        {
            for (var i = 0; i < events.Count; i++)
                call.Events.Add(events[i].SegmentId, i, true, events[i].Event);
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            call.AddTrialParameters(command.Parameters);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Return(call);
        }
    }

    protected override async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(
        NpgsqlConnection connection, FlushBatch batch, RefusedEvents refused, CancellationToken cancellationToken)
    {
        var calls = new List<IngestCall>();
        try
        {
            // Without a BEGIN they are one transaction: the server ends it with the last of them.
            await using var commands = new NpgsqlBatch(connection) { Timeout = 0 };
            for (var first = 0; first < batch.Segments.Count;)
            {
                var call = Rent();
                calls.Add(call);
                first = Fill(call, batch, first, refused);
                var command = new NpgsqlBatchCommand(sql);
                call.AddParameters(command.Parameters, batch);
                commands.BatchCommands.Add(command);
            }

            await using var reader = await commands.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var outcomes = new List<SegmentOutcome>(batch.Segments.Count);
            do
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    outcomes.Add(new(
                        reader.GetGuid(0), reader.GetBoolean(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5)));
                }
            }
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));

            return outcomes;
        }
        finally
        {
            calls.ForEach(Return);
        }
    }

    /// <summary>Fills one call from that segment on.</summary>
    /// <returns>The first segment of the next call.</returns>
    protected abstract int Fill(IngestCall call, FlushBatch batch, int first, RefusedEvents refused);
}
