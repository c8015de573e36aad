using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Operations;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The operator log and the time of the last flush, in a file of their own.</summary>
internal sealed class SqliteStateStore(SqliteDatabase database) : IOperationLog, IFlushSchedule
{
    public ValueTask AppendAsync(OperationEntry entry, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        connection.Execute(
            "INSERT INTO operations (id, at, actor, action, target, outcome, instance) VALUES ($id, $at, $actor, $action, $target, $outcome, $instance)",
            ("$id", entry.Id.ToKey()), ("$at", EventTime.ToMicroseconds(entry.At)), ("$actor", entry.Actor), ("$action", entry.Action),
            ("$target", entry.Target), ("$outcome", entry.Outcome), ("$instance", entry.Instance));
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<OperationEntry>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return ValueTask.FromResult<IReadOnlyList<OperationEntry>>(connection.Query(
            "SELECT id, at, actor, action, target, outcome, instance FROM operations WHERE id < $before ORDER BY id DESC LIMIT $limit",
            row => new OperationEntry(
                row.GetKey(0), EventTime.FromMicroseconds(row.GetInt64(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
                row.GetString(6)),
            ("$before", (before ?? Guid.AllBitsSet).ToKey()), ("$limit", limit)));
    }

    public ValueTask<DateTimeOffset?> ReadLastFlushAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        var found = connection.Query("SELECT last_flush FROM flush_schedule", row => row.GetInt64(0));
        return ValueTask.FromResult<DateTimeOffset?>(found.Count == 0 ? null : EventTime.FromMicroseconds(found[0]));
    }

    public ValueTask WriteLastFlushAsync(DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        connection.Execute(
            """
            INSERT INTO flush_schedule (singleton, last_flush) VALUES (1, $at)
            ON CONFLICT (singleton) DO UPDATE SET last_flush = max(last_flush, excluded.last_flush)
            """,
            ("$at", EventTime.ToMicroseconds(startedAt)));
        return ValueTask.CompletedTask;
    }
}
