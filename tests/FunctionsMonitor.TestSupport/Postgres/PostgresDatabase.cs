using Npgsql;

namespace FunctionsMonitor.TestSupport.Postgres;

/// <summary>One database of a test's own, and a superuser's way into it. It goes with the test.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly PostgresDatabases server;

    internal PostgresDatabase(PostgresDatabases server, string name, string connectionString)
    {
        this.server = server;
        Name = name;
        ConnectionString = connectionString;
        Source = NpgsqlDataSource.Create(connectionString);
    }

    public string Name { get; }

    /// <summary>As superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>As superuser.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>For somebody else.</summary>
    public string ConnectionStringOf(string user, string password) =>
        new NpgsqlConnectionStringBuilder(ConnectionString) { Username = user, Password = password }.ConnectionString;

    /// <summary>Runs statements, as superuser unless another way in is given.</summary>
    /// <returns>How many rows they changed.</returns>
    public async Task<int> RunAsync(string sql, NpgsqlDataSource? source = null)
    {
        await using var command = (source ?? Source).CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The first column of every row.</summary>
    public async Task<List<T>> ListAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(await reader.GetFieldValueAsync<T>(0));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        try
        {
            await server.AdminAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
        }
        catch (NpgsqlException)
        {
            // The test stopped the server; its folder goes with everything in it.
        }
    }
}
