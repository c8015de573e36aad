using FunctionsMonitor.Flushing;
using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>The direct path's SQL. What it does to the tables is what <c>monitoring.ingest_segments</c> does.</summary>
internal static class DirectStatements
{
    /// <summary>False when another flusher has it. Two keys, as the function's; its <c>SET LOCAL</c> is here for the same reason.</summary>
    public const string Lock =
        "SELECT pg_catalog.pg_try_advisory_xact_lock(1179471694, 1), pg_catalog.set_config('synchronous_commit', 'on', true)";

    public const string CopyEvents = $"COPY monitoring.events ({EventColumnNames}) FROM STDIN (FORMAT BINARY)";
    public const string CopyGiven = $"COPY pg_temp.given_events ({EventColumnNames}, position, ord) FROM STDIN (FORMAT BINARY)";

    public const string CountFates =
        """
        SELECT segment_id,
            (count(*) FILTER (WHERE fate = 's'))::integer, (count(*) FILTER (WHERE fate = 'd'))::integer, (count(*) FILTER (WHERE fate = 'c'))::integer
        FROM pg_temp.given_events GROUP BY segment_id
        """;

    private const string EventColumnNames =
        "timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id";

    /// <summary>In this order, after <see cref="CopyGiven"/>. The fate of an event: s stored, d the same to the byte is there, c another one has its key.</summary>
    public static IReadOnlyList<string> Merge { get; } =
    [
        $"""
        WITH firsts AS MATERIALIZED (
            SELECT DISTINCT ON (timestamp, event_id) * FROM pg_temp.given_events ORDER BY timestamp, event_id, ord
        ), fresh AS (
            INSERT INTO monitoring.events ({EventColumnNames}) SELECT {EventColumnNames} FROM firsts
            ON CONFLICT (timestamp, event_id) DO NOTHING
            RETURNING timestamp, event_id)
        UPDATE pg_temp.given_events AS given SET fate = 's'
        FROM firsts JOIN fresh USING (timestamp, event_id)
        WHERE given.ord = firsts.ord
        """,
        """
        UPDATE pg_temp.given_events AS given SET fate = CASE WHEN (
            SELECT
                event.event_type = given.event_type AND event.source = given.source
                AND event.data::text IS NOT DISTINCT FROM given.data::text AND event.metadata::text IS NOT DISTINCT FROM given.metadata::text
            FROM monitoring.events AS event
            WHERE event.timestamp = given.timestamp AND event.event_id = given.event_id) THEN 'd' ELSE 'c' END
        WHERE given.fate IS NULL
        """,
        """
        DO $$
        BEGIN
            IF EXISTS (
                SELECT FROM pg_temp.given_events AS given
                WHERE given.fate = 'c' AND NOT EXISTS (
                    SELECT FROM monitoring.events AS event WHERE event.timestamp = given.timestamp AND event.event_id = given.event_id)) THEN
                RAISE EXCEPTION 'The table took the row without an error and did not keep it.' USING ERRCODE = 'FM003';
            END IF;
        END
        $$
        """,
    ];

    /// <summary>An empty temporary table, where events wait to be merged.</summary>
    public static void AddGiven(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(new(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS given_events (
                timestamp timestamptz, event_id uuid, event_type text, source text, data json, metadata json, issues json, received_at timestamptz,
                marks integer, validation_ns bigint, errors integer, warnings integer, segment_id uuid, position integer, ord integer, fate text
            ) ON COMMIT DROP
            """));
        batch.BatchCommands.Add(new("TRUNCATE pg_temp.given_events"));
    }

    /// <summary>Events whose key is another one's, after <see cref="Merge"/>.</summary>
    public static void AddConflicts(NpgsqlBatch batch, FlushBatch flush) => batch.BatchCommands.Add(
        new($"""
            INSERT INTO monitoring.dead_letters (
                segment_id, position, reason, detail, died_at, timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks,
                validation_ns, errors, warnings)
            SELECT
                segment_id, position, 'conflict', 'Another event with the same timestamp and event_id is stored.', $1, timestamp, event_id,
                convert_to(event_type, 'UTF8'), convert_to(source, 'UTF8'), convert_to(data::text, 'UTF8'), convert_to(metadata::text, 'UTF8'),
                convert_to(issues::text, 'UTF8'), received_at, marks, validation_ns, errors, warnings
            FROM pg_temp.given_events WHERE fate = 'c' ORDER BY segment_id, position
            """)
        { Parameters = { At(flush) } });

    public static void AddDeadLetters(NpgsqlBatch batch, IngestCall call, FlushBatch flush)
    {
        if (call.DeadLetters.Count == 0)
            return;

        var command = new NpgsqlBatchCommand(
            $"""
            INSERT INTO monitoring.dead_letters (
                segment_id, position, timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors,
                warnings, reason, detail, died_at)
            SELECT {Unnest(call.DeadLetters.All, 1)}, ${call.DeadLetters.All.Count + 1}
            """);
        Add(command, call.DeadLetters.All);
        command.Parameters.Add(At(flush));
        batch.BatchCommands.Add(command);
    }

    public static void AddRollups(NpgsqlBatch batch, IngestCall call, bool merging)
    {
        call.Rollups.Complete();
        const string Merged =
            """
            SELECT
                date_trunc('minute', timestamp, 'UTC'), event_type, 1, (marks & 3 = 1)::integer, (marks & 2 = 2)::integer, errors, warnings,
                validation_ns, 0
            FROM pg_temp.given_events WHERE fate = 's'
            """;
        var stored = merging ? [] : call.Rollups.All;
        var rejected = call.Rejected.All.Skip(1).ToList();
        var command = new NpgsqlBatchCommand(
            $"""
            INSERT INTO monitoring.validation_metrics AS kept (
                minute, event_type, total, passed, failed, errors, warnings, validation_ns, rejected)
            SELECT minute, event_type, sum(total), sum(passed), sum(failed), sum(errors), sum(warnings), sum(validation_ns), sum(rejected)
            FROM (
                {(merging ? Merged : $"SELECT {Unnest(stored, 1)}, 0")}
                UNION ALL
                SELECT minute, event_type, total, 0, total, errors, warnings, validation_ns, total
                FROM (SELECT {Unnest(rejected, stored.Count + 1)}) AS refused (minute, event_type, total, errors, warnings, validation_ns)
            ) AS sums (minute, event_type, total, passed, failed, errors, warnings, validation_ns, rejected)
            GROUP BY minute, event_type
            ORDER BY minute, event_type
            ON CONFLICT (minute, event_type) DO UPDATE SET
                total = kept.total + excluded.total, passed = kept.passed + excluded.passed, failed = kept.failed + excluded.failed,
                rejected = kept.rejected + excluded.rejected, errors = kept.errors + excluded.errors,
                warnings = kept.warnings + excluded.warnings, validation_ns = kept.validation_ns + excluded.validation_ns
            """);
        Add(command, stored);
        Add(command, rejected);
        batch.BatchCommands.Add(command);
    }

    public static void AddSegments(NpgsqlBatch batch, IngestCall call, FlushBatch flush, IReadOnlyDictionary<Guid, DirectCounts> counts)
    {
        var segments = call.Segments.All;
        var next = segments.Count + 1;
        var command = new NpgsqlBatchCommand(
            $"""
            INSERT INTO monitoring.flushed_segments (
                segment_id, incarnation, number, count, accepted_through, abandoned, created_at, expired, stored, duplicates, dead, flushed_at, flush_id)
            SELECT
                segment_id, incarnation, number, count, accepted_through, abandoned::bigint[], created_at, expired, stored, duplicates, dead,
                ${next + 3}, ${next + 4}
            FROM (SELECT {Unnest(segments, 1)}, unnest(${next}), unnest(${next + 1}), unnest(${next + 2})) AS flushed (
                segment_id, incarnation, number, count, accepted_through, abandoned, created_at, expired, stored, duplicates, dead)
            ORDER BY segment_id
            """);
        Add(command, segments);
        var inOrder = flush.Segments.Where(segment => counts.ContainsKey(segment.Header.Id)).Select(segment => counts[segment.Header.Id]).ToList();
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. inOrder.Select(count => count.Stored)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. inOrder.Select(count => count.Duplicates)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. inOrder.Select(count => count.Dead)] });
        command.Parameters.Add(At(flush));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = flush.FlushId });
        batch.BatchCommands.Add(command);
    }

    private static string Unnest(IReadOnlyList<Column> columns, int first) =>
        string.Join(", ", columns.Select((_, i) => $"unnest(${first + i})"));

    private static void Add(NpgsqlBatchCommand command, IReadOnlyList<Column> columns)
    {
        foreach (var column in columns)
            command.Parameters.Add(column.ToParameter());
    }

    private static NpgsqlParameter At(FlushBatch flush) =>
        new NpgsqlParameter<DateTime> { TypedValue = flush.FlushedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
