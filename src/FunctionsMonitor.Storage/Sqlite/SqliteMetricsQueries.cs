using System.Text;
using System.Text.Json;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>Reads over the metrics file. Every listing of events runs along an index; the rollups answer the rest.</summary>
internal sealed class SqliteMetricsQueries(SqliteDatabase database) : IMetricsQueries
{
    public ValueTask<IReadOnlyList<StoredEvent>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return ValueTask.FromResult<IReadOnlyList<StoredEvent>>(connection.Query(
            EventsSql(query), StoredEventReader.Read,
            ("$type", query.Type), ("$source", query.Source), ("$from", query.From ?? long.MinValue), ("$to", query.To ?? long.MaxValue),
            ("$timestamp", query.After?.Timestamp), ("$id", query.After?.Id.ToKey()), ("$limit", query.Limit)));
    }

    public ValueTask<IReadOnlyList<ValidationRollup>> ListValidationAsync(ValidationQuery query, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        var bucket = query.BucketMinutes == 0 ? "$from" : "minute - minute % $bucket";
        return ValueTask.FromResult<IReadOnlyList<ValidationRollup>>(connection.Query(
            $"""
            SELECT {bucket} AS bucket, event_type, sum(total), sum(passed), sum(failed), sum(rejected), sum(errors), sum(warnings), sum(validation_ns)
            FROM validation_metrics WHERE minute >= $from AND minute < $to
            GROUP BY bucket, event_type ORDER BY bucket, event_type
            """,
            row => new ValidationRollup
            {
                Bucket = row.GetInt64(0), EventType = row.GetString(1), Total = row.GetInt64(2), Passed = row.GetInt64(3), Failed = row.GetInt64(4),
                Rejected = row.GetInt64(5), Errors = row.GetInt64(6), Warnings = row.GetInt64(7), ValidationNanoseconds = row.GetInt64(8),
            },
            ("$from", query.FromMinute), ("$to", query.ToMinute), ("$bucket", query.BucketMinutes)));
    }

    public ValueTask<IReadOnlyList<FlushReport>> ListFlushesAsync(int limit, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return ValueTask.FromResult<IReadOnlyList<FlushReport>>(connection.Query(
            "SELECT report FROM flushes ORDER BY started_at DESC, flush_id DESC LIMIT $limit",
            row => JsonSerializer.Deserialize(row.GetString(0), SqliteJson.Default.FlushReport)!, ("$limit", limit)));
    }

    public ValueTask<IReadOnlyList<IncarnationRecord>> ReadLedgerAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        return ValueTask.FromResult(LedgerQueries.Read(connection));
    }

    public ValueTask PingAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        connection.Scalar<long>("SELECT count(*) FROM (SELECT 1 FROM events LIMIT 1)");
        return ValueTask.CompletedTask;
    }

    /// <summary>Only the conditions that are set are written: the planner then sees which index fits.</summary>
    internal static string EventsSql(EventQuery query)
    {
        var sql = new StringBuilder($"SELECT {StoredEventReader.Columns}, segment_id FROM events WHERE timestamp >= $from AND timestamp < $to");
        if (query.Type is not null)
            sql.Append(" AND event_type = $type");
        if (query.Source is not null)
            sql.Append(" AND source = $source");
        if (query.After is not null)
            sql.Append(" AND (timestamp, event_id) < ($timestamp, $id)");
        return sql.Append(" ORDER BY timestamp DESC, event_id DESC LIMIT $limit").ToString();
    }
}
