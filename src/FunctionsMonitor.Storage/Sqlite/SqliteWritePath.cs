using System.Text.Json;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The embedded store's one way in: row by row with prepared statements, everything in one transaction.</summary>
internal sealed class SqliteWritePath(SqliteDatabase database, TimeProvider time) : IWritePath
{
    /// <summary>SQLite is synchronous; so often a long batch looks whether it is still wanted.</summary>
    private const int RowsBetweenLooks = 256;

    public string Name => "sqlite";

    public ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        // IMMEDIATE takes the write lock at once: two flushers queue here instead of failing half-way.
        using var transaction = connection.BeginTransaction(deferred: false);
        using var statements = new EventStatements(connection);
        var rollups = new RollupSums();
        var outcomes = new List<SegmentOutcome>(batch.Segments.Count);
        long dead = 0;
        foreach (var segment in batch.Segments)
        {
            if (connection.Scalar<long>("SELECT count(*) FROM flushed_segments WHERE segment_id = $id", ("$id", segment.Header.Id.ToKey())) > 0)
            {
                outcomes.Add(new(segment.Header.Id, true, 0, 0, 0, 0));
                continue;
            }

            var outcome = WriteEvents(connection, statements, rollups, segment, batch, cancellationToken);
            dead += outcome.Dead;
            if (dead > batch.DeadLetterRoom)
                throw new DeadLetterCapException(batch.DeadLetterRoom);

            foreach (var rejected in segment.Header.Rejected)
                rollups.Add(rejected);
            WriteRow(connection, segment.Header, outcome, batch);
            outcomes.Add(outcome);
        }

        rollups.Write(connection);
        transaction.Commit();
        return ValueTask.FromResult<IReadOnlyList<SegmentOutcome>>(outcomes);
    }

    private SegmentOutcome WriteEvents(
        SqliteConnection connection, EventStatements statements, RollupSums rollups, DecodedSegment segment, FlushBatch batch,
        CancellationToken cancellationToken)
    {
        var segmentId = segment.Header.Id.ToKey();
        var diedAt = EventTime.ToMicroseconds(batch.FlushedAt);
        int position = 0, stored = 0, duplicates = 0, dead = 0, expired = 0;
        foreach (var item in segment)
        {
            if (position % RowsBetweenLooks == 0)
                cancellationToken.ThrowIfCancellationRequested();

            if (item.Timestamp < batch.ExpireBefore)
                expired++;
            else if (TryInsert(connection, statements, item, segmentId, out var inserted) is { } refusal)
            {
                statements.Bury(item, segmentId, position, refusal.Reason, refusal.Detail, diedAt);
                dead++;
            }
            else if (inserted)
            {
                rollups.Add(item);
                stored++;
            }
            else if (statements.IsSame(item))
                duplicates++;
            else
            {
                statements.Bury(item, segmentId, position, "conflict", "Another event with the same timestamp and event_id is stored.", diedAt);
                dead++;
            }

            position++;
        }

        return new(segment.Header.Id, false, stored, duplicates, dead, expired);
    }

    /// <summary>
    /// Null when the row went in or was there already. A refusal is believed only when a canary (the same statement, time = now) is taken:
    /// if that is refused too, the table is at fault, and a whole day would end among the dead letters.
    /// </summary>
    private (string Reason, string Detail)? TryInsert(
        SqliteConnection connection, EventStatements statements, in MonitoringEvent item, byte[] segmentId, out bool inserted)
    {
        try
        {
            inserted = statements.Insert(item, segmentId);
            return null;
        }
        catch (SqliteException exception) when (SqliteErrors.IsData(exception.SqliteErrorCode))
        {
            inserted = false;
            SendCanary(connection, statements, segmentId, exception);
            return ($"sqlite_{exception.SqliteExtendedErrorCode}", exception.Message);
        }
    }

    private void SendCanary(SqliteConnection connection, EventStatements statements, byte[] segmentId, SqliteException refusal)
    {
        var now = time.GetUtcNow();
        var micros = EventTime.ToMicroseconds(now);
        connection.Execute("SAVEPOINT canary");
        try
        {
            var canary = new MonitoringEvent
            {
                Id = Guid.CreateVersion7(now), Timestamp = micros, ReceivedAt = micros, Marks = EventMarks.None, ValidationNanoseconds = 0,
                Errors = 0, Warnings = 0, Type = "functionsmonitor.canary"u8.ToArray(), Source = "functionsmonitor"u8.ToArray(),
                Data = "{}"u8.ToArray(), Metadata = null, Issues = null,
            };
            statements.Insert(canary, segmentId);
        }
        catch (SqliteException exception)
        {
            throw new MetricsPathException($"The store refuses any event, not only this one: {exception.Message}", refusal);
        }
        finally
        {
            connection.Execute("ROLLBACK TO canary; RELEASE canary");
        }
    }

    private static void WriteRow(SqliteConnection connection, SegmentHeader header, SegmentOutcome outcome, FlushBatch batch) => connection.Execute(
        """
        INSERT INTO flushed_segments (
            segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired, flushed_at, flush_id)
        VALUES ($id, $incarnation, $number, $count, $through, $abandoned, $stored, $duplicates, $dead, $expired, $at, $flush)
        """,
        ("$id", header.Id.ToKey()), ("$incarnation", header.Incarnation.ToKey()), ("$number", header.Number), ("$count", header.Count),
        ("$through", header.AcceptedThrough), ("$abandoned", JsonSerializer.Serialize(header.Abandoned, SqliteJson.Default.IReadOnlyListInt64)),
        ("$stored", outcome.Stored), ("$duplicates", outcome.Duplicates), ("$dead", outcome.Dead), ("$expired", outcome.Expired),
        ("$at", EventTime.ToMicroseconds(batch.FlushedAt)), ("$flush", batch.FlushId.ToKey()));
}
