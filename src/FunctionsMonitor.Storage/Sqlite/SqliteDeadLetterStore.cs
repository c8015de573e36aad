using System.Data;
using System.Text;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>Dead letters, in the metrics file because they are written in the flush's own transaction.</summary>
internal sealed class SqliteDeadLetterStore(SqliteDatabase database) : IDeadLetterStore
{
    private const string Columns = $"{StoredEventReader.Columns}, segment_id, position, reason, detail, died_at, replayed_at, replays";

    public ValueTask<IReadOnlyList<DeadLetter>> ListAsync(
        DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<DeadLetter>>(
            connection =>
            {
                var died = after is { } id ? FindTimeOfDeath(connection, id) : null;
                // One lower bound only, so that the planner starts at the key and not at the beginning.
                var start = died >= From(filter) ? "(died_at, segment_id, position) > ($died, $segment, $position)" : "died_at >= $from";
                return connection.Query(
                    $"SELECT {Columns} FROM dead_letters WHERE {start}{Conditions(filter)} ORDER BY died_at, segment_id, position LIMIT $limit", Read,
                    [.. Parameters(filter), ("$died", died), ("$segment", after?.SegmentId.ToKey()), ("$position", after?.Index), ("$limit", limit)]);
            },
            cancellationToken);

    public ValueTask<DeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Query(
                $"SELECT {Columns} FROM dead_letters WHERE segment_id = $segment AND position = $position", Read,
                ("$segment", id.SegmentId.ToKey()), ("$position", id.Index)).SingleOrDefault(),
            cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, long>> CountByReasonAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<string, long>>(
            connection => connection.Query(
                $"SELECT reason, count(*) FROM dead_letters WHERE died_at >= $from{Conditions(filter)} GROUP BY reason",
                row => (Reason: row.GetString(0), Count: row.GetInt64(1)), [.. Parameters(filter)]).ToDictionary(row => row.Reason, row => row.Count),
            cancellationToken);

    public ValueTask<bool> MarkReplayedAsync(DeadLetterId id, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Execute(
                "UPDATE dead_letters SET replayed_at = $at, replays = replays + 1 WHERE segment_id = $segment AND position = $position",
                ("$at", EventTime.ToMicroseconds(at)), ("$segment", id.SegmentId.ToKey()), ("$position", id.Index)) == 1,
            cancellationToken);

    public ValueTask<bool> DeleteAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Execute(
                "DELETE FROM dead_letters WHERE segment_id = $segment AND position = $position",
                ("$segment", id.SegmentId.ToKey()), ("$position", id.Index)) == 1,
            cancellationToken);

    /// <summary>
    /// A page may end with a dead letter that is discarded before the next one is asked for. All of one segment died in one transaction, whose
    /// time its row keeps; once that is folded too, null, and the list starts again.
    /// </summary>
    private static long? FindTimeOfDeath(SqliteConnection connection, DeadLetterId id) => connection.Query(
        """
        SELECT coalesce(
            (SELECT died_at FROM dead_letters WHERE segment_id = $segment LIMIT 1), (SELECT flushed_at FROM flushed_segments WHERE segment_id = $segment))
        """,
        row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), ("$segment", id.SegmentId.ToKey())).Single();

    private static long From(DeadLetterFilter filter) => filter.From is { } from ? EventTime.ToMicroseconds(from) : long.MinValue;

    private static string Conditions(DeadLetterFilter filter)
    {
        var sql = new StringBuilder(" AND died_at < $to");
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
        ("$from", From(filter)),
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
