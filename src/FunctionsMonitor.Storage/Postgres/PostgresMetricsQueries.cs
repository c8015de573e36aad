using System.Text.Json;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// Reads over PostgreSQL. Every listing of events runs backwards along an index, one day after the other, and stops at its limit: a day without
/// events costs one look at an empty index, a day out of the range none. The rollups answer the rest.
/// </summary>
internal sealed class PostgresMetricsQueries(NpgsqlDataSource source) : IMetricsQueries
{
    /// <summary>An hour of minutes, two and a half days of hours.</summary>
    private const int BucketsAtOnce = 60;

    private const string RollupSums =
        """
        sum(total)::bigint, sum(passed)::bigint, sum(failed)::bigint, sum(rejected)::bigint, sum(errors)::bigint, sum(warnings)::bigint,
        sum(validation_ns)::bigint
        """;

    public string Name => "PostgreSQL";

    public async ValueTask<IReadOnlyList<StoredEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var (sql, values) = EventsSql(query);
        return await source.QueryAsync(sql, PostgresEventRow.Read, cancellationToken, values).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<ValidationRollup>> ListValidationAsync(ValidationQuery query, CancellationToken cancellationToken)
    {
        var (sql, values) = ValidationSql(query);
        return await source.QueryAsync(
            sql, row => RollupRow.Read(row, query.BucketMinutes == 0 ? query.FromMinute : EventTime.ToMinute(row.GetMicroseconds(0))), cancellationToken,
            values).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<FlushReport>> ListFlushesAsync(int limit, CancellationToken cancellationToken) =>
        await source.QueryAsync(
            "SELECT report FROM monitoring.flushes ORDER BY started_at DESC, flush_id DESC LIMIT $1",
            row => JsonSerializer.Deserialize(row.GetString(0), StoreJson.Default.FlushReport)!, cancellationToken, limit).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<IncarnationRecord>> ReadLedgerAsync(
        IReadOnlyCollection<SegmentNumber> abandoned, CancellationToken cancellationToken) =>
        PostgresLedger.ReadAsync(source, abandoned, cancellationToken);

    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await source.ScalarAsync<long>("SELECT count(*) FROM (SELECT FROM monitoring.validation_metrics LIMIT 1) AS any_row", cancellationToken).ConfigureAwait(false);

    /// <summary>A row comparison alone says nothing to PostgreSQL about partitions; the timestamp's own bound beside it does.</summary>
    internal static (string Sql, object[] Values) EventsSql(EventQuery query)
    {
        var where = new PostgresConditions();
        where.And("event_type =", query.Type);
        where.And("source =", query.Source);
        where.And("timestamp >=", query.From is { } from ? PostgresValues.ToBound(from) : null);
        where.And("timestamp <", query.To is { } to ? PostgresValues.ToBound(to) : null);
        if (query.After is { } after)
        {
            var timestamp = where.Name(PostgresValues.ToBound(after.Timestamp));
            where.And($"timestamp <= {timestamp} AND (timestamp, event_id) < ({timestamp}, {where.Name(after.Id)})");
        }

        var limit = where.Name(query.Limit);
        return (
            $"SELECT {PostgresEventRow.Columns} FROM monitoring.events WHERE {where} ORDER BY timestamp DESC, event_id DESC LIMIT {limit}", where.Values);
    }

    /// <summary>Types are ordered by their bytes, whatever the collation of the database: the other store does so too.</summary>
    internal static (string Sql, object[] Values) ValidationSql(ValidationQuery query)
    {
        object[] values = [PostgresValues.ToMinuteBound(query.FromMinute), PostgresValues.ToMinuteBound(query.ToMinute), query.Limit];
        if (query.BucketMinutes == 0)
        {
            return (
                $"""
                SELECT $1 AS bucket, event_type, {RollupSums}
                FROM monitoring.validation_metrics WHERE minute >= $1 AND minute < $2
                GROUP BY event_type ORDER BY event_type COLLATE "C" LIMIT $3
                """,
                values);
        }

        // Stretch by stretch along the key: no rollup is read twice, what is sorted fits into memory, and whoever asks for more rows than an answer may
        // have pays for little more than those. To group the whole range first sorts a month on disk, to be refused. To look for every bucket by itself
        // costs a look into the index each, whether or not it holds anything: 6,115 pages in place of 573 for a day by the minute.
        var stretch = query.BucketMinutes * BucketsAtOnce;
        return (
            FormattableString.Invariant($"""
            SELECT sums.*
            FROM (
                SELECT generate_series(date_bin('{stretch} minutes', first, 'epoch'::timestamptz), last, interval '{stretch} minutes') AS stretch
                FROM (SELECT min(minute) AS first, max(minute) AS last FROM monitoring.validation_metrics WHERE minute >= $1 AND minute < $2) AS ends
                ORDER BY stretch) AS stretches
            CROSS JOIN LATERAL (
                SELECT date_bin('{query.BucketMinutes} minutes', minute, 'epoch'::timestamptz) AS bucket, event_type, {RollupSums}
                FROM monitoring.validation_metrics
                WHERE minute >= greatest(stretch, $1) AND minute < least(stretch + interval '{stretch} minutes', $2)
                GROUP BY bucket, event_type) AS sums
            ORDER BY stretch, bucket, event_type COLLATE "C" LIMIT $3
            """),
            values);
    }
}
