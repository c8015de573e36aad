using System.Text;
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
    public string Name => "PostgreSQL";

    public async ValueTask<IReadOnlyList<StoredEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var (sql, values) = EventsSql(query);
        return await source.QueryAsync(sql, PostgresEventRow.Read, cancellationToken, values).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<ValidationRollup>> ListValidationAsync(ValidationQuery query, CancellationToken cancellationToken) =>
        await source.QueryAsync(
            ValidationSql(query.BucketMinutes, query.Limit),
            row => new ValidationRollup
            {
                Bucket = query.BucketMinutes == 0 ? query.FromMinute : EventTime.ToMinute(row.GetMicroseconds(0)),
                EventType = row.GetString(1),
                Total = row.GetInt64(2),
                Passed = row.GetInt64(3),
                Failed = row.GetInt64(4),
                Rejected = row.GetInt64(5),
                Errors = row.GetInt64(6),
                Warnings = row.GetInt64(7),
                ValidationNanoseconds = row.GetInt64(8),
            },
            cancellationToken, PostgresValues.ToMinuteBound(query.FromMinute), PostgresValues.ToMinuteBound(query.ToMinute)).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<FlushReport>> ListFlushesAsync(int limit, CancellationToken cancellationToken) =>
        await source.QueryAsync(
            "SELECT report FROM monitoring.flushes ORDER BY started_at DESC, flush_id DESC LIMIT $1",
            row => JsonSerializer.Deserialize(row.GetString(0), StoreJson.Default.FlushReport)!, cancellationToken, limit).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<IncarnationRecord>> ReadLedgerAsync(
        IReadOnlyCollection<SegmentNumber> abandoned, CancellationToken cancellationToken) =>
        PostgresLedger.ReadAsync(source, abandoned, cancellationToken);

    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await source.ScalarAsync<long>("SELECT count(*) FROM (SELECT FROM monitoring.validation_metrics LIMIT 1) AS any_row", cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Only the conditions that are set are written. A row comparison alone says nothing to PostgreSQL about partitions; the timestamp's own
    /// bound beside it does.
    /// </summary>
    internal static (string Sql, object[] Values) EventsSql(EventQuery query)
    {
        var values = new List<object>();
        var sql = new StringBuilder($"SELECT {PostgresEventRow.Columns} FROM monitoring.events WHERE true");
        void And(string condition, object value)
        {
            values.Add(value);
            sql.Append(System.Globalization.CultureInfo.InvariantCulture, $" AND {condition} ${values.Count}");
        }

        if (query.Type is { } type)
            And("event_type =", type);
        if (query.Source is { } from)
            And("source =", from);
        if (query.From is { } first)
            And("timestamp >=", PostgresValues.ToBound(first));
        if (query.To is { } end)
            And("timestamp <", PostgresValues.ToBound(end));
        if (query.After is { } after)
        {
            And("timestamp <=", PostgresValues.ToBound(after.Timestamp));
            sql.Append(System.Globalization.CultureInfo.InvariantCulture, $" AND (timestamp, event_id) < (${values.Count}, ${values.Count + 1})");
            values.Add(after.Id);
        }

        values.Add(query.Limit);
        sql.Append(System.Globalization.CultureInfo.InvariantCulture, $" ORDER BY timestamp DESC, event_id DESC LIMIT ${values.Count}");
        return (sql.ToString(), [.. values]);
    }

    /// <summary>Types are ordered by their bytes, whatever the collation of the database: the other store does so too.</summary>
    internal static string ValidationSql(int bucketMinutes, int limit = int.MaxValue)
    {
        var bucket = bucketMinutes == 0 ? "$1" : System.FormattableString.Invariant($"date_bin('{bucketMinutes} minutes', minute, 'epoch'::timestamptz)");
        return $"""
            SELECT
                {bucket} AS bucket, event_type, sum(total)::bigint, sum(passed)::bigint, sum(failed)::bigint, sum(rejected)::bigint, sum(errors)::bigint,
                sum(warnings)::bigint, sum(validation_ns)::bigint
            FROM monitoring.validation_metrics WHERE minute >= $1 AND minute < $2
            GROUP BY bucket, event_type ORDER BY bucket, event_type COLLATE "C" LIMIT {limit.ToString(System.Globalization.CultureInfo.InvariantCulture)}
            """;
    }
}
