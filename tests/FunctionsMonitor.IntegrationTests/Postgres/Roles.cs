using FunctionsMonitor.Storage;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>Makes roles that can sign in. They belong to the server: each has a name of its own, and ends with it.</summary>
internal static class Roles
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    /// <summary>A role with what the given SQL grants it.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> SignInAsync(PostgresDatabase database, Func<string, string> grants, bool pooling = true)
    {
        var name = $"fm_{Guid.NewGuid():N}";
        await database.RunAsync($"CREATE ROLE {name} LOGIN PASSWORD '{name}'; {grants(name)}");
        return new NpgsqlConnectionStringBuilder(database.ConnectionStringOf(name, name)) { Pooling = pooling }.ConnectionString;
    }

    /// <summary>A member of one of the roles of <c>roles.sql</c>.</summary>
    /// <inheritdoc cref="SignInAsync"/>
    public static async Task<string> SignInAsMemberAsync(PostgresDatabase database, string role)
    {
        // Two at once would change the same rows of the server's catalogue, and one of them be refused.
        await OneAtATime.WaitAsync();
        try
        {
            await database.RunAsync(PostgresMigrations.Roles);
        }
        finally
        {
            OneAtATime.Release();
        }

        return await SignInAsync(database, name => $"GRANT {role} TO {name}");
    }
}
