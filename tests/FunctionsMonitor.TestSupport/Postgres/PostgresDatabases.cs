using System.Globalization;
using FunctionsMonitor.Storage.Postgres;
using Npgsql;

namespace FunctionsMonitor.TestSupport.Postgres;

/// <summary>Hands out databases on one server: copies of a template that was migrated once.</summary>
/// <param name="adminConnectionString">Of a role that may make databases and roles.</param>
public sealed class PostgresDatabases(string adminConnectionString) : IAsyncDisposable
{
    private readonly SemaphoreSlim templateGate = new(1, 1);
    private readonly string prefix = $"fm_{Guid.NewGuid():N}"[..16];
    private string? template;
    private int count;

    /// <summary>A database with this program's schema and nothing in it.</summary>
    public async Task<PostgresDatabase> CreateAsync()
    {
        var template = await TemplateAsync();
        return await CreateAsync($"TEMPLATE {template}");
    }

    /// <summary>A database with nothing in it, not even the schema.</summary>
    public Task<PostgresDatabase> CreateEmptyAsync() => CreateAsync("");

    /// <summary>Removes the template.</summary>
    public async ValueTask DisposeAsync()
    {
        if (template is { } made)
            await AdminAsync($"DROP DATABASE IF EXISTS {made} WITH (FORCE)");
        templateGate.Dispose();
    }

    internal async Task AdminAsync(string sql)
    {
        await using var admin = new NpgsqlConnection(ConnectionString("postgres"));
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<PostgresDatabase> CreateAsync(string options)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}_{Interlocked.Increment(ref count)}");
        await AdminAsync($"CREATE DATABASE {name} {options}");
        return new PostgresDatabase(this, name, ConnectionString(name));
    }

    private async Task<string> TemplateAsync()
    {
        await templateGate.WaitAsync();
        try
        {
            if (template is not null)
                return template;

            var name = $"{prefix}_template";
            await AdminAsync($"CREATE DATABASE {name}");

            // Not pooled: a database that somebody is connected to cannot be copied.
            await using (var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString(name)) { Pooling = false }))
                await new PostgresMigrator(source).MigrateAsync(CancellationToken.None);
            return template = name;
        }
        finally
        {
            templateGate.Release();
        }
    }

    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder(adminConnectionString) { Database = database }.ConnectionString;
}
