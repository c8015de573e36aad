using FunctionsMonitor.TestSupport.Flows;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.Flows;

/// <summary>A database of its own.</summary>
internal sealed class PostgresFlowStore(PostgresFixture postgres) : IFlowStore
{
    private PostgresDatabase database = null!;

    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["ConnectionStrings:Postgres"] = database.ConnectionString };

    public string WritePath => "rpc";

    /// <summary>What these tests let grow old is so by the server's clock too.</summary>
    public DateTimeOffset Begins { get; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    public Task<int> ExecuteAsync(string folder, string sql) => database.RunAsync($"SET search_path = monitoring; {sql}");
}
