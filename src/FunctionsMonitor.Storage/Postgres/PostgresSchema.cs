using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Which version of the schema a database has. A newer one is left alone, an older one is named.</summary>
internal static class PostgresSchema
{
    /// <exception cref="PostgresSchemaException">The schema is not this program's.</exception>
    public static async ValueTask CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var found = await RefuseNewerAsync(connection, cancellationToken).ConfigureAwait(false);
        if (found < PostgresScripts.Version)
        {
            throw new PostgresSchemaException(
                (found == 0
                    ? $"Database '{connection.Database}' has no schema '{PostgresMigrator.Schema}' of this program; "
                    : $"The schema of database '{connection.Database}' has version {found}; this program needs {PostgresScripts.Version}: ")
                + "run the local host's 'migrate' command as the schema's owner.");
        }
    }

    /// <returns>The version, 0 when there is none yet.</returns>
    /// <exception cref="PostgresSchemaException">It is newer than this program.</exception>
    public static async ValueTask<int> RefuseNewerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        return found <= PostgresScripts.Version
            ? found
            : throw new PostgresSchemaException(
                $"The schema of database '{connection.Database}' has version {found}; this program knows versions up to {PostgresScripts.Version}. "
                + "A newer version made it: run that one.");
    }

    private static async ValueTask<int> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var exists = new NpgsqlCommand($"SELECT to_regclass('{PostgresMigrator.Schema}.{PostgresMigrator.Journal}') IS NOT NULL", connection))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
                return 0;
        }

        await using var list = new NpgsqlCommand($"SELECT scriptname FROM {PostgresMigrator.Schema}.{PostgresMigrator.Journal}", connection);
        await using var reader = await list.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var version = 0;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            version = Math.Max(version, PostgresScripts.VersionOf(reader.GetString(0)) ?? 0);
        return version;
    }
}
