using System.Data;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>Reads an event out of a row of <c>events</c> or <c>dead_letters</c>.</summary>
internal static class StoredEventReader
{
    public const string Columns = "timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks";
    public const int ColumnCount = 9;

    /// <summary>A row that begins with <see cref="Columns"/>, followed by the segment's id.</summary>
    public static StoredEvent Read(IDataRecord row) => new()
    {
        Key = new EventKey(row.GetInt64(0), row.GetKey(1)),
        Type = row.GetString(2),
        Source = row.GetString(3),
        Data = row.GetBytes(4),
        Metadata = row.GetBytes(5),
        Issues = row.GetBytes(6),
        ReceivedAt = row.GetInt64(7),
        Marks = (EventMarks)row.GetInt64(8),
        SegmentId = row.GetKey(ColumnCount),
    };
}
