using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Tests.Support;

/// <summary>SQLite, a file in the monitor's folder.</summary>
internal sealed class SqliteFlowStore : IFlowStore
{
    public IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>();

    public string WritePath => "sqlite";

    public DateTimeOffset Begins { get; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public async Task<int> ExecuteAsync(string folder, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "metrics.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }
}
