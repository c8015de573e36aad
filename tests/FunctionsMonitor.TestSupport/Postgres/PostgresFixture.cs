namespace FunctionsMonitor.TestSupport.Postgres;

/// <summary>
/// One PostgreSQL for a whole test assembly, started by the first test that asks for it:
/// <c>[assembly: AssemblyFixture(typeof(PostgresFixture))]</c>, then a constructor parameter. <c>FUNCTIONSMONITOR_TEST_POSTGRES</c>, the
/// connection string of a superuser, names one that runs already. A test that stops servers starts its own (<see cref="PostgresServer"/>).
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> server = new(PostgresServer.StartAsync);
    private readonly PostgresDatabases? named =
        Environment.GetEnvironmentVariable("FUNCTIONSMONITOR_TEST_POSTGRES") is { Length: > 0 } connection ? new PostgresDatabases(connection) : null;

    /// <summary>A database with this program's schema and nothing in it; the test disposes of it.</summary>
    public async Task<PostgresDatabase> CreateDatabaseAsync() => await (await DatabasesAsync()).CreateAsync();

    /// <summary>A database with nothing in it, not even the schema; the test disposes of it.</summary>
    public async Task<PostgresDatabase> CreateEmptyDatabaseAsync() => await (await DatabasesAsync()).CreateEmptyAsync();

    public async ValueTask DisposeAsync()
    {
        if (named is not null)
            await named.DisposeAsync();
        if (server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await server.Value).DisposeAsync();
    }

    private async Task<PostgresDatabases> DatabasesAsync() => named ?? (await server.Value).Databases;
}
