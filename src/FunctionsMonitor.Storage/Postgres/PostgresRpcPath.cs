using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Calls <c>monitoring.ingest_segments</c>: the whole batch in one transaction and one round trip. Needs EXECUTE on that function alone.</summary>
internal sealed class PostgresRpcPath(NpgsqlDataSource source, TimeProvider time) : PostgresCallPath(source, time, Call)
{
    /// <summary>
    /// A batch goes as several calls, sent one behind the other without waiting. The server works on the first while the next is encoded; in one
    /// call it would wait for the last byte. 20,000 events: four calls took nine tenths of the time of one, ten no less than four.
    /// </summary>
    private const int EventsPerCall = 5_000;

    /// <summary>While the first is encoded the server has nothing to do: 5 ms of 110 with 5,000 events in it.</summary>
    private const int EventsInFirstCall = 1_000;

    private static readonly string Call =
        $"SELECT * FROM monitoring.ingest_segments({string.Join(", ", IngestCall.Arguments.Select((name, i) => $"{name} => ${i + 1}"))})";

    public override string Name => "rpc";

    protected override int Fill(IngestCall call, FlushBatch batch, int first, RefusedEvents refused)
    {
        // Each call looks after the room for dead letters alone. Only where not even all events together could fill it is that enough.
        var limit = batch.DeadLetterRoom >= batch.EventCount ? first == 0 ? EventsInFirstCall : EventsPerCall : int.MaxValue;
        var next = first;
        do
            call.Add(batch.Segments[next++], batch, refused);
        while (next < batch.Segments.Count && call.Events.Count + batch.Segments[next].Header.Count <= limit);
        return next;
    }
}
