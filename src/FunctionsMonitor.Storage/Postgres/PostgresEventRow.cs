using System.Text;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Reads an event out of a row of <c>events</c> or <c>dead_letters</c>.</summary>
internal static class PostgresEventRow
{
    public const string Columns = "timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, segment_id";
    public const int ColumnCount = 10;

    /// <summary>A row that begins with <see cref="Columns"/>.</summary>
    public static StoredEvent Read(NpgsqlDataReader row) => new()
    {
        Key = new EventKey(row.GetMicroseconds(0), row.GetGuid(1)),
        Type = GetText(row, 2),
        Source = GetText(row, 3),
        Data = row.GetBytesOrNull(4),
        Metadata = row.GetBytesOrNull(5),
        Issues = row.GetBytesOrNull(6),
        ReceivedAt = row.GetMicroseconds(7),
        Marks = (EventMarks)row.GetInt32(8),
        SegmentId = row.GetGuid(9),
    };

    /// <summary>A dead letter's text is <c>bytea</c>: it may be what PostgreSQL takes for no text.</summary>
    private static string GetText(NpgsqlDataReader row, int column) =>
        row.GetFieldType(column) == typeof(byte[]) ? Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(column)) : row.GetString(column);
}
