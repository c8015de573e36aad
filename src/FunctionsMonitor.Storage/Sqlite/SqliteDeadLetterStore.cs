using System.Data;
using System.Text;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Storage.Sqlite;

internal sealed class SqliteDeadLetterStore(SqliteDatabase database) : IDeadLetterStore
{
    private const string Columns = $"{StoredEventReader.Columns}, segment_id, position, reason, detail, died_at, replayed_at, replays";

    public ValueTask<IReadOnlyList<DeadLetter>> ListAsync(
        DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        var sql = new StringBuilder($"SELECT {Columns} FROM dead_letters WHERE {Conditions(filter)}");
        if (after is not null)
            sql.Append(
                """
                 AND (died_at, segment_id, position) > (
                    coalesce((SELECT died_at FROM dead_letters WHERE segment_id = $segment AND position = $position), $from), $segment, $position)
                """);
        sql.Append(" ORDER BY died_at, segment_id, position LIMIT $limit");
        return ValueTask.FromResult<IReadOnlyList<DeadLetter>>(connection.Query(
            sql.ToString(), Read,
            [.. Parameters(filter), ("$segment", after?.SegmentId.ToKey()), ("$position", after?.Index), ("$limit", limit)]));
    }

    public ValueTask<DeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return ValueTask.FromResult(connection.Query(
            $"SELECT {Columns} FROM dead_letters WHERE segment_id = $segment AND position = $position", Read,
            ("$segment", id.SegmentId.ToKey()), ("$position", id.Index)).SingleOrDefault());
    }

    public ValueTask<IReadOnlyDictionary<string, long>> CountByReasonAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return ValueTask.FromResult<IReadOnlyDictionary<string, long>>(connection.Query(
            $"SELECT reason, count(*) FROM dead_letters WHERE {Conditions(filter)} GROUP BY reason",
            row => (Reason: row.GetString(0), Count: row.GetInt64(1)), [.. Parameters(filter)]).ToDictionary(row => row.Reason, row => row.Count));
    }

    public ValueTask<bool> MarkReplayedAsync(DeadLetterId id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return ValueTask.FromResult(connection.Execute(
            "UPDATE dead_letters SET replayed_at = $at, replays = replays + 1 WHERE segment_id = $segment AND position = $position",
            ("$at", EventTime.ToMicroseconds(at)), ("$segment", id.SegmentId.ToKey()), ("$position", id.Index)) == 1);
    }

    public ValueTask<bool> DeleteAsync(DeadLetterId id, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return ValueTask.FromResult(connection.Execute(
            "DELETE FROM dead_letters WHERE segment_id = $segment AND position = $position",
            ("$segment", id.SegmentId.ToKey()), ("$position", id.Index)) == 1);
    }

    private static string Conditions(DeadLetterFilter filter)
    {
        var sql = new StringBuilder("died_at >= $from AND died_at < $to");
        if (filter.Reason is not null)
            sql.Append(" AND reason = $reason");
        if (filter.EventType is not null)
            sql.Append(" AND event_type = $type");
        if (filter.Source is not null)
            sql.Append(" AND source = $source");
        if (filter.Replayed is { } replayed)
            sql.Append(replayed ? " AND replayed_at IS NOT NULL" : " AND replayed_at IS NULL");
        return sql.ToString();
    }

    private static (string Name, object? Value)[] Parameters(DeadLetterFilter filter) =>
    [
        ("$from", filter.From is { } from ? EventTime.ToMicroseconds(from) : long.MinValue),
        ("$to", filter.To is { } to ? EventTime.ToMicroseconds(to) : long.MaxValue),
        ("$reason", filter.Reason),
        ("$type", filter.EventType),
        ("$source", filter.Source),
    ];

    private static DeadLetter Read(IDataRecord row)
    {
        var item = StoredEventReader.Read(row);
        var next = StoredEventReader.ColumnCount + 1;
        return new DeadLetter
        {
            Id = new DeadLetterId(item.SegmentId, row.GetInt32(next)),
            Reason = row.GetString(next + 1),
            Detail = row.GetString(next + 2),
            DiedAt = EventTime.FromMicroseconds(row.GetInt64(next + 3)),
            ReplayedAt = row.IsDBNull(next + 4) ? null : EventTime.FromMicroseconds(row.GetInt64(next + 4)),
            Replays = row.GetInt32(next + 5),
            Event = item,
        };
    }
}
