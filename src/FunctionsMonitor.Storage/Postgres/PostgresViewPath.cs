using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// Inserts a batch as one row into <c>public.monitoring_events_insert</c>, whose trigger calls the function of <see cref="PostgresRpcPath"/>.
/// Needs INSERT and SELECT on that view, and nothing in the schema <c>monitoring</c>, not even to see it.
/// </summary>
internal sealed class PostgresViewPath(NpgsqlDataSource source, TimeProvider time) : PostgresCallPath(source, time, Insert)
{
    private static readonly string Insert =
        $"""
        WITH outcome AS (
            INSERT INTO public.monitoring_events_insert ({string.Join(", ", IngestCall.Arguments)})
            VALUES ({string.Join(", ", IngestCall.Arguments.Select((_, i) => $"${i + 1}"))})
            RETURNING segment_ids, already_flushed, stored, duplicates, dead, expired)
        SELECT unnest(segment_ids), unnest(already_flushed), unnest(stored), unnest(duplicates), unnest(dead), unnest(expired) FROM outcome
        """;

    public override string Name => "view";

    protected override int Fill(IngestCall call, FlushBatch batch, int first, RefusedEvents refused)
    {
        foreach (var segment in batch.Segments)
            call.Add(segment, batch, refused);
        return batch.Segments.Count;
    }
}
