using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Statements with positional parameters (<c>$1</c> …), each in a transaction of its own.</summary>
internal static class PostgresCommands
{
    /// <summary>Returns how many rows it changed.</summary>
    public static async ValueTask<int> ExecuteAsync(
        this NpgsqlDataSource source, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Create(source, sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first column of the first row.</summary>
    public static async ValueTask<T> ScalarAsync<T>(
        this NpgsqlDataSource source, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Create(source, sql, values);
        return (T)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    public static async ValueTask<List<T>> QueryAsync<T>(
        this NpgsqlDataSource source, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Create(source, sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(read(reader));
        return rows;
    }

    private static NpgsqlCommand Create(NpgsqlDataSource source, string sql, object[] values)
    {
        var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
