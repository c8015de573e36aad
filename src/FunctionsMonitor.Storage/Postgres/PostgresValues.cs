using FunctionsMonitor.Events;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Values as the program has them, out of rows and into parameters.</summary>
internal static class PostgresValues
{
    private static readonly long LastMicrosecond = EventTime.ToMicroseconds(DateTimeOffset.MaxValue);
    private static readonly long FirstMicrosecond = EventTime.ToMicroseconds(DateTimeOffset.MinValue);

    /// <summary>A bound of a range; what lies beyond the calendar is its end.</summary>
    /// <param name="microseconds">Since the Unix epoch.</param>
    public static DateTime ToBound(long microseconds) => EventTime.FromMicroseconds(Math.Clamp(microseconds, FirstMicrosecond, LastMicrosecond)).UtcDateTime;

    /// <inheritdoc cref="ToBound"/>
    /// <param name="minute">Since the Unix epoch.</param>
    public static DateTime ToMinuteBound(long minute) =>
        EventTime.FromMinute(Math.Clamp(minute, EventTime.ToMinute(FirstMicrosecond), EventTime.ToMinute(LastMicrosecond))).UtcDateTime;

    /// <summary>Microseconds since the Unix epoch.</summary>
    public static long GetMicroseconds(this NpgsqlDataReader row, int column) => EventTime.ToMicroseconds(row.GetTime(column));

    public static DateTimeOffset GetTime(this NpgsqlDataReader row, int column) => new(row.GetFieldValue<DateTime>(column), TimeSpan.Zero);

    /// <summary>Of <c>json</c> and of <c>bytea</c>: the bytes as they were written.</summary>
    public static ReadOnlyMemory<byte>? GetBytesOrNull(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? default(ReadOnlyMemory<byte>?) : row.GetFieldValue<byte[]>(column);
}
