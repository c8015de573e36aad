using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Postgresql;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Brings a database to this program's schema, one transaction a script; DbUp notes each in <c>monitoring.schema_versions</c>.</summary>
/// <param name="source">Signs in as the owner of the schema. Its connections must not end long statements: a script may rewrite a table.</param>
internal sealed class PostgresMigrator(NpgsqlDataSource source)
{
    public const string Schema = "monitoring";
    public const string Journal = "schema_versions";

    /// <summary>Any number will do, as long as every version of this program takes the same.</summary>
    private const long LockKey = 0x46_4D_6D_69_67_72_61_74;

    /// <summary>Applies what is missing; waits while another one migrates.</summary>
    /// <returns>The names of the scripts that were applied; none when the schema was up to date.</returns>
    /// <exception cref="PostgresSchemaException">The schema is a newer version's.</exception>
    /// <exception cref="PostgresException">A script failed: nothing of it was kept, and the scripts before it were.</exception>
    public async ValueTask<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        // On a connection of its own: it lasts over the transactions of all scripts, and goes with the connection whatever ends that.
        await using var held = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (var wait = new NpgsqlCommand("SELECT pg_advisory_lock($1)", held) { Parameters = { new() { Value = LockKey } }, CommandTimeout = 0 })
            await wait.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);

        await PostgresSchema.RefuseNewerAsync(held, cancellationToken).ConfigureAwait(false);

        // DbUp knows only synchronous calls.
        var result = await Task.Run(() => Engine().PerformUpgrade(), cancellationToken).ConfigureAwait(false);
        if (!result.Successful)
            throw Failure(result);
        await using (var release = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", held) { Parameters = { new() { Value = LockKey } } })
            await release.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        return [.. result.Scripts.Select(script => script.Name)];
    }

    private UpgradeEngine Engine() => PostgresqlExtensions
        .PostgresqlDatabase(new PostgresqlConnectionManager(source), Schema)
        .JournalToPostgresqlTable(Schema, Journal)
        .WithScripts(PostgresScripts.Migrations.Select(name => new SqlScript(name, PostgresScripts.Read(name))))
        .WithTransactionPerScript()
        // Dollar quotes would be taken for its variables.
        .WithVariablesDisabled()
        .WithExecutionTimeout(TimeSpan.Zero)
        .LogTo(new NoOpUpgradeLog())
        .Build();

    private static Exception Failure(DatabaseUpgradeResult result)
    {
        var script = result.ErrorScript?.Name;
        return result.Error is PostgresException refused
            ? new PostgresMigrationException(script, refused)
            : result.Error;
    }
}
