using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Operations;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The operator log and the time of the last flush, in a file of their own: they must work while the metrics store does not.</summary>
internal sealed class SqliteStateStore(SqliteDatabase database) : IOperationLog, IFlushSchedule
{
    public async ValueTask AppendAsync(OperationEntry entry, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection => connection.Execute(
                """
                INSERT INTO operations (id, at, actor, action, target, outcome, instance)
                VALUES ($id, $at, $actor, $action, $target, $outcome, $instance)
                ON CONFLICT (id) DO NOTHING
                """,
                ("$id", entry.Id.ToKey()), ("$at", EventTime.ToMicroseconds(entry.At)), ("$actor", entry.Actor), ("$action", entry.Action),
                ("$target", entry.Target), ("$outcome", entry.Outcome), ("$instance", entry.Instance)),
            cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<OperationEntry>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<OperationEntry>>(
            connection => connection.Query(
                "SELECT id, at, actor, action, target, outcome, instance FROM operations WHERE id < $before ORDER BY id DESC LIMIT $limit",
                row => new OperationEntry(
                    row.GetKey(0), EventTime.FromMicroseconds(row.GetInt64(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
                    row.GetString(6)),
                ("$before", (before ?? Guid.AllBitsSet).ToKey()), ("$limit", limit)),
            cancellationToken);

    public ValueTask<DateTimeOffset?> ReadLastFlushAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<DateTimeOffset?>(
            connection =>
            {
                var found = connection.Query("SELECT last_flush FROM flush_schedule", row => row.GetInt64(0));
                return found.Count == 0 ? null : EventTime.FromMicroseconds(found[0]);
            },
            cancellationToken);

    /// <summary>
    /// The last writer wins, not the latest time: a clock that was ahead for a moment would otherwise keep every interval from ending, while
    /// a time that is too early only makes a flush early.
    /// </summary>
    public async ValueTask WriteLastFlushAsync(DateTimeOffset startedAt, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection => connection.Execute(
                """
                INSERT INTO flush_schedule (singleton, last_flush) VALUES (1, $at)
                ON CONFLICT (singleton) DO UPDATE SET last_flush = excluded.last_flush
                """,
                ("$at", EventTime.ToMicroseconds(startedAt))),
            cancellationToken).ConfigureAwait(false);
}
