using System.Text.Json;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The embedded store's one way in: row by row with prepared statements, everything in one transaction.</summary>
internal sealed class SqliteWritePath(SqliteDatabase database, TimeProvider time) : IWritePath
{
    /// <summary>So often a long batch looks whether it is still wanted; a single statement is interrupted by itself.</summary>
    private const int RowsBetweenLooks = 256;

    public string Name => "sqlite";

    public ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => Write(connection, batch, cancellationToken), cancellationToken);

    private IReadOnlyList<SegmentOutcome> Write(SqliteConnection connection, FlushBatch batch, CancellationToken cancellationToken)
    {
        using var statements = new EventStatements(connection);
        using var find = new SqliteStatement(connection, "SELECT 1 FROM flushed_segments WHERE segment_id = ?1");
        var rollups = new RollupSums();
        var outcomes = new List<SegmentOutcome>(batch.Segments.Count);
        long dead = 0;
        foreach (var segment in batch.Segments)
        {
            find.Bind(1, segment.Header.Id);
            if (find.RunForInteger() is not null)
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
        return outcomes;
    }

    private SegmentOutcome WriteEvents(
        SqliteConnection connection, EventStatements statements, RollupSums rollups, DecodedSegment segment, FlushBatch batch,
        CancellationToken cancellationToken)
    {
        statements.SetSegment(segment.Header.Id);
        var diedAt = EventTime.ToMicroseconds(batch.FlushedAt);
        int position = 0, stored = 0, duplicates = 0, dead = 0, expired = 0;
        foreach (var item in segment)
        {
            if (position % RowsBetweenLooks == 0)
                cancellationToken.ThrowIfCancellationRequested();

            if (item.Timestamp < batch.ExpireBefore)
                expired++;
            else if (TryInsert(connection, statements, item, out var refusal))
            {
                rollups.Add(item);
                stored++;
            }
            else if (refusal is { } reason)
            {
                statements.Bury(item, position, reason, diedAt);
                dead++;
            }
            else
                duplicates++;

            position++;
        }

        return new(segment.Header.Id, false, stored, duplicates, dead, expired);
    }

    /// <summary>True when the row went in; false without a refusal when the same event is there already.</summary>
    private bool TryInsert(SqliteConnection connection, EventStatements statements, in MonitoringEvent item, out RowRefusal? refusal)
    {
        refusal = null;
        try
        {
            if (statements.Insert(item))
                return true;

            switch (statements.IsSame(item))
            {
                case true:
                    return false;
                case false:
                    refusal = SqliteRefusals.Conflict;
                    return false;
                default:
                    refusal = SqliteRefusals.Ignored;
                    break;
            }
        }
        catch (SqliteException exception) when (SqliteErrors.IsData(exception.SqliteErrorCode))
        {
            refusal = SqliteRefusals.From(exception);
        }

        Canary.Fly(connection, statements, time.GetUtcNow(), refusal.Value);
        return false;
    }

    private static void WriteRow(SqliteConnection connection, SegmentHeader header, SegmentOutcome outcome, FlushBatch batch) => connection.Execute(
        """
        INSERT INTO flushed_segments (
            segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired, created_at, flushed_at, flush_id)
        VALUES ($id, $incarnation, $number, $count, $through, $abandoned, $stored, $duplicates, $dead, $expired, $created, $at, $flush)
        """,
        ("$id", header.Id.ToKey()), ("$incarnation", header.Incarnation.ToKey()), ("$number", header.Number), ("$count", header.Count),
        ("$through", header.AcceptedThrough), ("$abandoned", JsonSerializer.Serialize(header.Abandoned, StoreJson.Default.IReadOnlyListInt64)),
        ("$stored", outcome.Stored), ("$duplicates", outcome.Duplicates), ("$dead", outcome.Dead), ("$expired", outcome.Expired),
        ("$created", header.CreatedAt), ("$at", EventTime.ToMicroseconds(batch.FlushedAt)), ("$flush", batch.FlushId.ToKey()));
}
