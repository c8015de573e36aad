using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres;

public sealed class MigrationTests(PostgresFixture postgres)
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_owner_with_no_more_than_it_needs_makes_the_schema_once()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await using var owner = NpgsqlDataSource.Create(await Roles.SignInAsync(
            database, role => $"GRANT CREATE ON DATABASE {database.Name} TO {role}; GRANT CREATE ON SCHEMA public TO {role}", pooling: false));
        Assert.Equal(PostgresScripts.Migrations, await new PostgresMigrator(owner).MigrateAsync(Token));
        Assert.Empty(await new PostgresMigrator(owner).MigrateAsync(Token));
        Assert.Equal(PostgresScripts.Migrations, await database.ListAsync<string>("SELECT scriptname FROM monitoring.schema_versions ORDER BY schemaversionsid"));
    }

    [Fact]
    public async Task Several_at_once_make_one_schema()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await using var source = PostgresConnections.CreateForMigrations(new() { ConnectionString = database.ConnectionString });
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new PostgresMigrator(source).MigrateAsync(Token).AsTask()));
        Assert.Equal(PostgresScripts.Migrations, applied.SelectMany(scripts => scripts));
    }

    [Fact]
    public async Task A_script_that_fails_is_named_and_leaves_nothing()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        // Somebody's own, in the middle of the first script.
        await database.RunAsync("CREATE SCHEMA monitoring; CREATE TABLE monitoring.flushes (mine integer)");
        await using var source = PostgresConnections.CreateForMigrations(new() { ConnectionString = database.ConnectionString });
        var exception = await Assert.ThrowsAsync<PostgresMigrationException>(() => new PostgresMigrator(source).MigrateAsync(Token).AsTask());

        Assert.Equal("0001_tables.sql failed: 42P07: relation \"flushes\" already exists", exception.Message);
        Assert.True(await database.ScalarAsync<bool>("SELECT to_regclass('monitoring.events') IS NULL"));
        await database.RunAsync("DROP TABLE monitoring.flushes");
        Assert.Equal(PostgresScripts.Migrations, await new PostgresMigrator(source).MigrateAsync(Token));
    }

    [Fact]
    public async Task A_newer_schema_is_left_alone_and_named()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.RunAsync("INSERT INTO monitoring.schema_versions (scriptname, applied) VALUES ('0099_later.sql', now())");
        await using var source = PostgresConnections.CreateForMigrations(new() { ConnectionString = database.ConnectionString });
        var message = $"The schema of database '{database.Name}' has version 99; this program knows versions up to {PostgresScripts.Version}. A newer version made it: run that one.";
        Assert.Equal(message, (await Assert.ThrowsAsync<PostgresSchemaException>(() => new PostgresMigrator(source).MigrateAsync(Token).AsTask())).Message);
        await AssertClosedAsync(source, message);
    }

    [Fact]
    public async Task A_schema_that_is_missing_or_older_says_what_to_do()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        const string Advice = "run the local host's 'migrate' command as the schema's owner.";
        await AssertClosedAsync(source, $"Database '{database.Name}' has no schema 'monitoring' of this program; {Advice}");

        await new PostgresMigrator(source).MigrateAsync(Token);
        await database.RunAsync($"DELETE FROM monitoring.schema_versions WHERE scriptname = '{PostgresScripts.Migrations[^1]}'");
        await AssertClosedAsync(
            source, $"The schema of database '{database.Name}' has version {PostgresScripts.VersionOf(PostgresScripts.Migrations[^2])}; this program needs {PostgresScripts.Version}: {Advice}");
    }

    private static async Task AssertClosedAsync(NpgsqlDataSource source, string message)
    {
        var store = new PostgresMetricsStore(source, [], 2, TimeProvider.System, NullLogger<PostgresMetricsStore>.Instance);
        var exception = await Assert.ThrowsAsync<PostgresSchemaException>(() => store.PrepareAsync(Token).AsTask());
        Assert.Equal((message, ErrorKind.Path), (exception.Message, store.Classify(exception)));
    }
}
