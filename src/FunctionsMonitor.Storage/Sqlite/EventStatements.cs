using FunctionsMonitor.Events;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The prepared statements of one transaction that write single events. The numbers of the parameters are the same in all of them.</summary>
internal sealed class EventStatements : IDisposable
{
    private const int SegmentId = 13;
    private const int Position = 14;

    private readonly SqliteStatement insert;
    private readonly SqliteStatement compare;
    private readonly SqliteStatement bury;

    public EventStatements(SqliteConnection connection)
    {
        insert = new(
            connection,
            """
            INSERT INTO events (
                timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (timestamp, event_id) DO NOTHING
            """);
        compare = new(
            connection,
            "SELECT event_type = ?3 AND source = ?4 AND data IS ?5 AND metadata IS ?6 FROM events WHERE timestamp = ?1 AND event_id = ?2");
        bury = new(
            connection,
            """
            INSERT INTO dead_letters (
                timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id,
                position, reason, detail, died_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
            """);
    }

    /// <summary>The segment of all that follows.</summary>
    public void SetSegment(Guid segmentId)
    {
        insert.Bind(SegmentId, segmentId);
        bury.Bind(SegmentId, segmentId);
    }

    /// <summary>False when nothing was inserted.</summary>
    public bool Insert(in MonitoringEvent item)
    {
        BindIdentity(insert, item);
        BindRest(insert, item);
        return insert.Run() == 1;
    }

    /// <summary>Is the event that has this key the same to the byte? Null when none has it.</summary>
    public bool? IsSame(in MonitoringEvent item)
    {
        BindIdentity(compare, item);
        return compare.RunForInteger() is { } same ? same == 1 : null;
    }

    /// <summary>Writes a dead letter.</summary>
    /// <param name="item">Kept whole.</param>
    /// <param name="position">In its segment.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="diedAt">Microseconds since the Unix epoch.</param>
    public void Bury(in MonitoringEvent item, int position, RowRefusal refusal, long diedAt)
    {
        BindIdentity(bury, item);
        BindRest(bury, item);
        bury.Bind(Position, position);
        bury.BindText(Position + 1, refusal.Reason);
        bury.BindText(Position + 2, refusal.Detail);
        bury.Bind(Position + 3, diedAt);
        bury.Run();
    }

    public void Dispose()
    {
        insert.Dispose();
        compare.Dispose();
        bury.Dispose();
    }

    private static void BindIdentity(SqliteStatement statement, in MonitoringEvent item)
    {
        statement.Bind(1, item.Timestamp);
        statement.Bind(2, item.Id);
        statement.BindText(3, item.Type.Span);
        statement.BindText(4, item.Source.Span);
        statement.BindBlob(5, item.Data);
        statement.BindBlob(6, item.Metadata);
    }

    private static void BindRest(SqliteStatement statement, in MonitoringEvent item)
    {
        statement.BindBlob(7, item.Issues);
        statement.Bind(8, item.ReceivedAt);
        statement.Bind(9, (long)item.Marks);
        statement.Bind(10, item.ValidationNanoseconds);
        statement.Bind(11, item.Errors);
        statement.Bind(12, item.Warnings);
    }
}
