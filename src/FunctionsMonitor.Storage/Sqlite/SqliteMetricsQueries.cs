using System.Text;
using System.Text.Json;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>Reads over the metrics file. Every listing of events runs along an index; the rollups answer the rest.</summary>
internal sealed class SqliteMetricsQueries(SqliteDatabase database) : IMetricsQueries
{
    public string Name => "SQLite";

    public ValueTask<IReadOnlyList<StoredEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredEvent>>(
            connection => connection.Query(
                EventsSql(query), StoredEventReader.Read,
                ("$type", query.Type), ("$source", query.Source), ("$from", query.From ?? long.MinValue), ("$to", query.To ?? long.MaxValue),
                ("$timestamp", query.After?.Timestamp), ("$id", query.After?.Id.ToKey()), ("$limit", query.Limit)),
            cancellationToken);

    public ValueTask<IReadOnlyList<ValidationRollup>> ListValidationAsync(ValidationQuery query, CancellationToken cancellationToken)
    {
        var bucket = query.BucketMinutes == 0 ? "$from" : "minute - minute % $bucket";
        return database.ReadAsync<IReadOnlyList<ValidationRollup>>(
            connection => connection.Query(
                $"""
                SELECT {bucket} AS bucket, event_type, sum(total), sum(passed), sum(failed), sum(rejected), sum(errors), sum(warnings), sum(validation_ns)
                FROM validation_metrics WHERE minute >= $from AND minute < $to
                GROUP BY bucket, event_type ORDER BY bucket, event_type LIMIT $limit
                """,
                row => RollupRow.Read(row, row.GetInt64(0)),
                ("$from", query.FromMinute), ("$to", query.ToMinute), ("$bucket", query.BucketMinutes), ("$limit", query.Limit)),
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<FlushReport>> ListFlushesAsync(int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<FlushReport>>(
            connection => connection.Query(
                "SELECT report FROM flushes ORDER BY started_at DESC, flush_id DESC LIMIT $limit",
                row => JsonSerializer.Deserialize(row.GetString(0), StoreJson.Default.FlushReport)!, ("$limit", limit)),
            cancellationToken);

    public ValueTask<IReadOnlyList<IncarnationRecord>> ReadLedgerAsync(
        IReadOnlyCollection<SegmentNumber> abandoned, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var transaction = connection.BeginTransaction(deferred: true);
                return LedgerQueries.ReadInTransaction(connection, abandoned);
            },
            cancellationToken);

    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            connection => connection.Scalar<long>("SELECT count(*) FROM (SELECT 1 FROM events LIMIT 1)"), cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Only the conditions that are set are written, and only one upper bound: of two the planner may take <c>timestamp &lt; $to</c>, and then
    /// every page would walk over all the pages before it.
    /// </summary>
    internal static string EventsSql(EventQuery query)
    {
        var sql = new StringBuilder($"SELECT {StoredEventReader.Columns}, segment_id FROM events WHERE timestamp >= $from");
        if (query.Type is not null)
            sql.Append(" AND event_type = $type");
        if (query.Source is not null)
            sql.Append(" AND source = $source");
        if (query.After is { } after && after.Timestamp < (query.To ?? long.MaxValue))
            sql.Append(" AND (timestamp, event_id) < ($timestamp, $id)");
        else
            sql.Append(" AND timestamp < $to");
        return sql.Append(" ORDER BY timestamp DESC, event_id DESC LIMIT $limit").ToString();
    }
}
