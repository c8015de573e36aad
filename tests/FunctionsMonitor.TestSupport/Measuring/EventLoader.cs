using System.Globalization;

namespace FunctionsMonitor.TestSupport.Measuring;

/// <summary>
/// Millions of events made by the server itself: 30 days up to now, 20 types of uneven frequency, 200 sources, about 300 bytes a row; of one type
/// and of one source there is one event in 100,000. Rollups, segments' rows and books agree with them. The rows come in the order of time, the rollups'
/// too, as flushes make them; events a day a statement, and their indexes are built afterwards: such an index is more compact than one that grew.
/// </summary>
internal sealed class EventLoader(BenchmarkServer server)
{
    public const int Days = 30;
    public const int EventsPerSegment = 1_000;
    public const string FrequentType = "http.request";
    public const string RareType = "rare.type";
    public const string FrequentSource = "web-1";
    public const string RareSource = "rare-source";

    /// <summary>Midnight (UTC) after the newest event.</summary>
    public static DateTimeOffset End { get; } = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);

    public static DateTimeOffset Start => End.AddDays(-Days);

    /// <summary>Replaces whatever events there are.</summary>
    public async Task LoadAsync(int events)
    {
        await server.ExecuteAsync("TRUNCATE monitoring.events, monitoring.validation_metrics, monitoring.flushed_segments, monitoring.ledger_totals");
        await server.ExecuteAsync(
            $"SELECT monitoring.ensure_partitions(ARRAY(SELECT generate_series(date '{Start:yyyy-MM-dd}', date '{End:yyyy-MM-dd}', interval '1 day')::date))");
        await server.ExecuteAsync("ALTER TABLE monitoring.events DROP CONSTRAINT events_pkey; DROP INDEX monitoring.events_by_type; DROP INDEX monitoring.events_by_source");

        var daily = events / Days;
        for (var day = 0; day < Days; day++)
        {
            await server.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $$"""
                INSERT INTO monitoring.events (
                    timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id)
                SELECT
                    at, gen_random_uuid(),
                    CASE WHEN n % 100000 = 77 THEN '{{RareType}}' WHEN hash % 2 = 0 THEN '{{FrequentType}}' ELSE 'type.' || (hash / 2 % 19) END,
                    CASE WHEN n % 100000 = 55 THEN '{{RareSource}}' ELSE 'web-' || (hash / 64 % 200) END,
                    ('{"latency_ms":' || hash % 700 || ',"status":200,"path":"/orders/' || n || '","user_agent":"monitoring-client/1.0"}')::json, NULL, NULL,
                    at, CASE WHEN hash % 50 = 0 THEN 3 ELSE 1 END, 400, CASE WHEN hash % 50 = 0 THEN 1 ELSE 0 END, 0,
                    ('00000000-0000-7000-8000-' || lpad(to_hex((n - 1) / {{EventsPerSegment}}), 12, '0'))::uuid
                FROM generate_series({{((long)day * daily) + 1}}, {{(long)(day + 1) * daily}}) AS n
                CROSS JOIN LATERAL (SELECT
                    timestamptz '{{Start.AddDays(day):O}}' + (n - {{((long)day * daily) + 1}}) * interval '{{86_400.0 / daily}} seconds' AS at,
                    hashint8(n) & 2147483647 AS hash) AS made
                """));
        }

        await server.ExecuteAsync("SET maintenance_work_mem = '512MB'; ALTER TABLE monitoring.events ADD CONSTRAINT events_pkey PRIMARY KEY (timestamp, event_id)");
        await server.ExecuteAsync("SET maintenance_work_mem = '512MB'; CREATE INDEX events_by_type ON monitoring.events (event_type, timestamp, event_id)");
        await server.ExecuteAsync("SET maintenance_work_mem = '512MB'; CREATE INDEX events_by_source ON monitoring.events (source, timestamp, event_id)");
        await server.ExecuteAsync(
            """
            INSERT INTO monitoring.validation_metrics (minute, event_type, total, passed, failed, rejected, errors, warnings, validation_ns)
            SELECT
                date_trunc('minute', timestamp, 'UTC'), event_type, count(*), count(*) FILTER (WHERE marks & 3 = 1), count(*) FILTER (WHERE marks & 2 = 2), 0,
                sum(errors), sum(warnings), sum(validation_ns)
            FROM monitoring.events GROUP BY 1, 2 ORDER BY 1, 2
            """);
        await server.ExecuteAsync(
            """
            INSERT INTO monitoring.flushed_segments (
                segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired, created_at, flushed_at, flush_id, deleted_at)
            SELECT
                segment_id, '00000000-0000-7000-8000-000000000000', row_number() OVER w, count(*), sum(count(*)) OVER w, '{}', count(*), 0, 0, 0,
                max(timestamp), max(timestamp), '00000000-0000-7000-8000-000000000001', now()
            FROM monitoring.events GROUP BY segment_id WINDOW w AS (ORDER BY segment_id)
            """);
        await server.ExecuteAsync("VACUUM (ANALYZE)");
    }
}
