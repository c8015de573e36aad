using FunctionsMonitor.TestSupport.Flows;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.Flows;

public sealed class PostgresCrashPointTests(PostgresFixture postgres) : CrashPointContract, IAsyncLifetime
{
    private PostgresDatabase database = null!;

    protected override IReadOnlyDictionary<string, string?> Store => new Dictionary<string, string?> { ["ConnectionStrings:Postgres"] = database.ConnectionString };

    protected override string WritePath => "rpc";

    /// <summary>What these tests let grow old is so by the server's clock too.</summary>
    protected override DateTimeOffset Begins { get; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Dispose();
    }

    protected override Task<int> ExecuteAsync(string folder, string sql) => database.RunAsync($"SET search_path = monitoring; {sql}");
}
