using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FunctionsMonitor.Storage.Sqlite;

internal static class SqliteConnectionExtensions
{
    public static SqliteCommand Command(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    public static int Execute(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    public static T Scalar<T>(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>All rows; the callback reads one.</summary>
    public static List<T> Query<T>(
        this SqliteConnection connection, string sql, Func<IDataRecord, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>False also when SQLite has rolled it back itself.</summary>
    public static bool IsInTransaction(this SqliteConnection connection) => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>UUIDs are kept as their 16 bytes, most significant first, so that their order is that of their text.</summary>
    public static byte[] ToKey(this Guid id) => id.ToByteArray(bigEndian: true);

    public static Guid GetKey(this IDataRecord row, int ordinal) => new((byte[])row.GetValue(ordinal), bigEndian: true);

    public static ReadOnlyMemory<byte>? GetBytes(this IDataRecord row, int ordinal)
    {
        // Not one conditional expression: there null would become an empty memory, by way of a null array.
        if (row.IsDBNull(ordinal))
            return null;

        return (byte[])row.GetValue(ordinal);
    }
}
