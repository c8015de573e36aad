using System.Text.Json;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The metrics store in one file.</summary>
internal sealed class SqliteMetricsStore(SqliteDatabase database, TimeProvider time) : IMetricsStore
{
    /// <summary>Old events go in transactions of so many, so that a day's worth does not hold the write lock for minutes.</summary>
    private const int EventsPerDelete = 20_000;

    public IReadOnlyList<IWritePath> WritePaths { get; } = [new SqliteWritePath(database, time)];

    public ErrorKind Classify(Exception exception) => SqliteErrors.Classify(exception);

    /// <summary>
    /// Takes the write lock once, too, and writes nothing. While another process holds it, everything that only reads is answered, and each answer
    /// would end the run of failures that the breaker counts.
    /// </summary>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken) =>
        await database.WriteAsync(static _ => true, cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlySet<Guid>> FindFlushedAsync(IReadOnlyCollection<Guid> segmentIds, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlySet<Guid>>(
            connection =>
            {
                using var find = new SqliteStatement(connection, "SELECT 1 FROM flushed_segments WHERE segment_id = ?1");
                var found = new HashSet<Guid>();
                foreach (var id in segmentIds)
                {
                    find.Bind(1, id);
                    if (find.RunForInteger() is not null)
                        found.Add(id);
                }

                return found;
            },
            cancellationToken);

    public async ValueTask MarkDeletedAsync(IReadOnlyCollection<Guid> segmentIds, DateTimeOffset deletedAt, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection =>
            {
                using var mark = new SqliteStatement(
                    connection, "UPDATE flushed_segments SET deleted_at = ?2 WHERE segment_id = ?1 AND deleted_at IS NULL");
                mark.Bind(2, EventTime.ToMicroseconds(deletedAt));
                foreach (var id in segmentIds)
                {
                    mark.Bind(1, id);
                    mark.Run();
                }

                return segmentIds.Count;
            },
            cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<Guid>> ListNotDeletedAsync(int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Guid>>(
            connection => connection.Query(
                "SELECT segment_id FROM flushed_segments WHERE deleted_at IS NULL LIMIT $limit", row => row.GetKey(0), ("$limit", limit)),
            cancellationToken);

    public async ValueTask RecordFlushAsync(FlushReport report, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection => connection.Execute(
                "INSERT INTO flushes (flush_id, started_at, report) VALUES ($id, $at, $report) ON CONFLICT (flush_id) DO NOTHING",
                ("$id", report.FlushId.ToKey()), ("$at", EventTime.ToMicroseconds(report.StartedAt)),
                ("$report", JsonSerializer.Serialize(report, StoreJson.Default.FlushReport))),
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<RetentionReport> ApplyRetentionAsync(RetentionCutoffs cutoffs, CancellationToken cancellationToken)
    {
        var before = EventTime.ToMicroseconds(cutoffs.Events);
        long events = 0;
        for (long deleted = -1; deleted != 0; events += deleted)
            deleted = await database.WriteAsync(connection => DeleteEvents(connection, before), cancellationToken).ConfigureAwait(false);

        return await database.WriteAsync(
            connection =>
            {
                connection.Execute("DELETE FROM validation_metrics WHERE minute < $before", ("$before", EventTime.ToMinute(before)));
                return new RetentionReport(
                    events,
                    connection.Execute("DELETE FROM dead_letters WHERE died_at < $before", ("$before", EventTime.ToMicroseconds(cutoffs.DeadLetters))),
                    LedgerFolding.FoldInTransaction(connection, EventTime.ToMicroseconds(cutoffs.SegmentRows)),
                    connection.Execute("DELETE FROM flushes WHERE started_at < $before", ("$before", EventTime.ToMicroseconds(cutoffs.Flushes))));
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<long> CountDeadLettersAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.Scalar<long>("SELECT count(*) FROM dead_letters"), cancellationToken);

    private static long DeleteEvents(SqliteConnection connection, long before) => connection.Execute(
        """
        DELETE FROM events WHERE (timestamp, event_id) IN (
            SELECT timestamp, event_id FROM events WHERE timestamp < $before ORDER BY timestamp, event_id LIMIT $limit)
        """,
        ("$before", before), ("$limit", EventsPerDelete));
}
