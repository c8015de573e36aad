using System.Text;
using FunctionsMonitor.Events;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The prepared statements of one transaction that write single events.</summary>
internal sealed class EventStatements : IDisposable
{
    private const int MaxDetailCharacters = 500;

    private readonly SqliteCommand insert;
    private readonly SqliteCommand compare;
    private readonly SqliteCommand bury;

    public EventStatements(SqliteConnection connection)
    {
        insert = Prepare(
            connection,
            """
            INSERT INTO events (timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, segment_id)
            VALUES ($timestamp, $event_id, $event_type, $source, $data, $metadata, $issues, $received_at, $marks, $segment_id)
            ON CONFLICT (timestamp, event_id) DO NOTHING
            """);
        compare = Prepare(
            connection,
            """
            SELECT event_type = $event_type AND source = $source AND data IS $data AND metadata IS $metadata
            FROM events WHERE timestamp = $timestamp AND event_id = $event_id
            """);
        bury = Prepare(
            connection,
            """
            INSERT INTO dead_letters (
                segment_id, position, reason, detail, died_at, timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks)
            VALUES (
                $segment_id, $position, $reason, $detail, $died_at, $timestamp, $event_id, $event_type, $source, $data, $metadata, $issues, $received_at, $marks)
            """);
    }

    /// <summary>False when an event with this key is there already.</summary>
    public bool Insert(in MonitoringEvent item, byte[] segmentId)
    {
        Bind(insert, item, segmentId);
        return insert.ExecuteNonQuery() == 1;
    }

    /// <summary>Is the event that has this key the same to the byte?</summary>
    public bool IsSame(in MonitoringEvent item)
    {
        Bind(compare, item, null);
        return compare.ExecuteScalar() is 1L;
    }

    public void Bury(in MonitoringEvent item, byte[] segmentId, int position, string reason, string detail, long diedAt)
    {
        Bind(bury, item, segmentId);
        Set(bury, "$position", position);
        Set(bury, "$reason", reason);
        Set(bury, "$detail", detail.Length <= MaxDetailCharacters ? detail : detail[..MaxDetailCharacters]);
        Set(bury, "$died_at", diedAt);
        bury.ExecuteNonQuery();
    }

    public void Dispose()
    {
        insert.Dispose();
        compare.Dispose();
        bury.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.Command(sql);
        foreach (var name in sql.Split([' ', ',', '(', ')', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word[0] == '$').Distinct())
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private static void Bind(SqliteCommand command, in MonitoringEvent item, byte[]? segmentId)
    {
        Set(command, "$timestamp", item.Timestamp);
        Set(command, "$event_id", item.Id.ToKey());
        Set(command, "$event_type", Encoding.UTF8.GetString(item.Type.Span));
        Set(command, "$source", Encoding.UTF8.GetString(item.Source.Span));
        Set(command, "$data", item.Data.ToBlob());
        Set(command, "$metadata", item.Metadata.ToBlob());
        if (segmentId is null)
            return;

        Set(command, "$issues", item.Issues.ToBlob());
        Set(command, "$received_at", item.ReceivedAt);
        Set(command, "$marks", (long)item.Marks);
        Set(command, "$segment_id", segmentId);
    }

    private static void Set(SqliteCommand command, string name, object? value) => command.Parameters[name].Value = value ?? DBNull.Value;
}
