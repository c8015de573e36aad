using System.Text;
using System.Text.Json;
using FunctionsMonitor.Buffering;
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
    private const string FoldedSql =
        "SELECT incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired FROM monitoring.ledger_totals";

    private const string RowsSql =
        """
        SELECT segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired
        FROM monitoring.flushed_segments ORDER BY incarnation, number
        """;

    public string Name => "PostgreSQL";

    public async ValueTask<IReadOnlyList<StoredEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var (sql, values) = EventsSql(query);
        return await source.QueryAsync(sql, PostgresEventRow.Read, cancellationToken, values).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<ValidationRollup>> ListValidationAsync(ValidationQuery query, CancellationToken cancellationToken) =>
        await source.QueryAsync(
            ValidationSql(query.BucketMinutes),
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

    public async ValueTask<IReadOnlyList<IncarnationRecord>> ReadLedgerAsync(CancellationToken cancellationToken)
    {
        // One snapshot for both: between two, the retention could fold a row away and it would be in neither.
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        await using var both = new NpgsqlBatch(connection, transaction) { BatchCommands = { new(FoldedSql), new(RowsSql) } };
        await using var reader = await both.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);

        var records = new Dictionary<Guid, IncarnationRecord>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var incarnation = reader.GetGuid(0);
            records[incarnation] = Record(incarnation) with
            {
                FoldedThrough = reader.GetInt64(1),
                FoldedAccepted = reader.GetInt64(2),
                FoldedUnacknowledged = reader.GetInt64(3),
                Folded = new SegmentCounts(reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7)),
            };
        }

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<SegmentRow>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(new SegmentRow(
                new SegmentName(reader.GetGuid(0), reader.GetGuid(1), reader.GetInt64(2), reader.GetInt32(3), reader.GetInt64(4)),
                new SegmentCounts(reader.GetInt32(6), reader.GetInt32(7), reader.GetInt32(8), reader.GetInt32(9)), reader.GetFieldValue<long[]>(5)));
        }

        foreach (var group in rows.GroupBy(row => row.Name.Incarnation))
            records[group.Key] = (records.GetValueOrDefault(group.Key) ?? Record(group.Key)) with { Rows = [.. group] };
        return [.. records.Values];
    }

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
    internal static string ValidationSql(int bucketMinutes)
    {
        var bucket = bucketMinutes == 0 ? "$1" : System.FormattableString.Invariant($"date_bin('{bucketMinutes} minutes', minute, 'epoch'::timestamptz)");
        return $"""
            SELECT
                {bucket} AS bucket, event_type, sum(total)::bigint, sum(passed)::bigint, sum(failed)::bigint, sum(rejected)::bigint, sum(errors)::bigint,
                sum(warnings)::bigint, sum(validation_ns)::bigint
            FROM monitoring.validation_metrics WHERE minute >= $1 AND minute < $2
            GROUP BY bucket, event_type ORDER BY bucket, event_type COLLATE "C"
            """;
    }

    private static IncarnationRecord Record(Guid incarnation) => new()
    {
        Incarnation = incarnation,
        FoldedThrough = 0,
        FoldedAccepted = 0,
        FoldedUnacknowledged = 0,
        Folded = new SegmentCounts(0, 0, 0, 0),
        Rows = [],
    };
}
