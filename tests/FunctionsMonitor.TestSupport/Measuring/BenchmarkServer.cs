using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.TestSupport.Measuring;

/// <summary>
/// The PostgreSQL that is measured: one of its own with the server's default settings, so that one command is enough, or a database that somebody
/// names, whose schema <c>monitoring</c> is dropped and made anew.
/// </summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private readonly PostgresServer? own;
    private readonly PostgresDatabase? database;

    private BenchmarkServer(string connectionString, PostgresServer? own, PostgresDatabase? database)
    {
        this.own = own;
        this.database = database;
        ConnectionString = connectionString;
        Source = PostgresConnections.Create(new PostgresOptions { ConnectionString = connectionString, StatementTimeout = TimeSpan.FromHours(2) });
    }

    /// <summary>Of its superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>As the program makes its own, but that loading millions may take its time.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Null when it is somebody else's, and cannot be stopped.</summary>
    public PostgresServer? Own => own;

    /// <param name="connectionString">Null for one of its own.</param>
    public static async Task<BenchmarkServer> StartAsync(string? connectionString)
    {
        if (connectionString is null)
        {
            var own = await PostgresServer.StartAsync(["shared_buffers=128MB"]);
            var database = await own.Databases.CreateAsync();
            return new(database.ConnectionString, own, database);
        }

        var server = new BenchmarkServer(connectionString, null, null);
        await server.ExecuteAsync("DROP SCHEMA IF EXISTS monitoring CASCADE");
        await server.ExecuteAsync("DROP VIEW IF EXISTS public.monitoring_events_insert");
        await using var migrating = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await new PostgresMigrator(migrating).MigrateAsync(CancellationToken.None);
        return server;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
        if (own is not null)
            await own.DisposeAsync();
    }
}
