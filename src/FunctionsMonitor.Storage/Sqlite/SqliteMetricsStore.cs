using System.Text.Json;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The metrics store in one file.</summary>
internal sealed class SqliteMetricsStore(SqliteDatabase database, TimeProvider time) : IMetricsStore
{
    public IReadOnlyList<IWritePath> WritePaths { get; } = [new SqliteWritePath(database, time)];

    public ErrorKind Classify(Exception exception) => SqliteErrors.Classify(exception);

    public ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        database.EnsureReady();
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlySet<Guid>> FindFlushedAsync(IReadOnlyCollection<Guid> segmentIds, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        using var command = connection.Command("SELECT 1 FROM flushed_segments WHERE segment_id = $id", ("$id", null));
        var found = new HashSet<Guid>();
        foreach (var id in segmentIds)
        {
            command.Parameters[0].Value = id.ToKey();
            if (command.ExecuteScalar() is not null)
                found.Add(id);
        }

        return ValueTask.FromResult<IReadOnlySet<Guid>>(found);
    }

    public ValueTask MarkDeletedAsync(IReadOnlyCollection<Guid> segmentIds, DateTimeOffset deletedAt, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        using var command = connection.Command(
            "UPDATE flushed_segments SET deleted_at = $at WHERE segment_id = $id AND deleted_at IS NULL",
            ("$at", EventTime.ToMicroseconds(deletedAt)), ("$id", null));
        foreach (var id in segmentIds)
        {
            command.Parameters[1].Value = id.ToKey();
            command.ExecuteNonQuery();
        }

        transaction.Commit();
        return ValueTask.CompletedTask;
    }

    public ValueTask RecordFlushAsync(FlushReport report, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        connection.Execute(
            "INSERT INTO flushes (flush_id, started_at, report) VALUES ($id, $at, $report) ON CONFLICT (flush_id) DO NOTHING",
            ("$id", report.FlushId.ToKey()), ("$at", EventTime.ToMicroseconds(report.StartedAt)),
            ("$report", JsonSerializer.Serialize(report, SqliteJson.Default.FlushReport)));
        return ValueTask.CompletedTask;
    }

    public ValueTask<RetentionReport> ApplyRetentionAsync(RetentionCutoffs cutoffs, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var before = EventTime.ToMicroseconds(cutoffs.Events);
        var report = new RetentionReport(
            connection.Execute("DELETE FROM events WHERE timestamp < $before", ("$before", before)),
            connection.Execute("DELETE FROM dead_letters WHERE died_at < $before", ("$before", EventTime.ToMicroseconds(cutoffs.DeadLetters))),
            LedgerFolding.Fold(connection, EventTime.ToMicroseconds(cutoffs.SegmentRows)),
            connection.Execute("DELETE FROM flushes WHERE started_at < $before", ("$before", EventTime.ToMicroseconds(cutoffs.Flushes))));
        connection.Execute("DELETE FROM validation_metrics WHERE minute < $before", ("$before", EventTime.ToMinute(before)));
        transaction.Commit();
        return ValueTask.FromResult(report);
    }

    public ValueTask<long> CountDeadLettersAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return ValueTask.FromResult(connection.Scalar<long>("SELECT count(*) FROM dead_letters"));
    }
}
