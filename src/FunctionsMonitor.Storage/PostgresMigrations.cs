using FunctionsMonitor.Storage.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FunctionsMonitor.Storage;

/// <summary>What an operator does with the PostgreSQL database.</summary>
public static class PostgresMigrations
{
    /// <summary>The version of the schema that this program works with.</summary>
    public static int Version => PostgresScripts.Version;

    /// <summary>SQL that makes the roles and gives them what they need; for an administrator to read and to run, after every migration.</summary>
    public static string Roles => PostgresScripts.Read("roles.sql");

    /// <summary>Brings the schema up to date.</summary>
    /// <returns>The scripts that were applied; none when it was up to date.</returns>
    /// <exception cref="OptionsValidationException">A setting is wrong, or none says where PostgreSQL is.</exception>
    /// <exception cref="PostgresMigrationFailedException">The server cannot be reached, or refuses; the message says why.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var options = configuration.GetSection(PostgresOptions.Section).Get<PostgresOptions>() ?? new();
        PostgresStoreServiceCollectionExtensions.TakeConnectionString(options, configuration);
        var result = new PostgresOptionsValidator().Validate(null, options);
        if (result.Failed)
            throw new OptionsValidationException(PostgresOptions.Section, typeof(PostgresOptions), result.Failures);

        await using var source = PostgresConnections.CreateForMigrations(options);
        try
        {
            return await new PostgresMigrator(source).MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PostgresSchemaException or PostgresMigrationException or NpgsqlException)
        {
            throw new PostgresMigrationFailedException(exception.Message, exception);
        }
    }
}
