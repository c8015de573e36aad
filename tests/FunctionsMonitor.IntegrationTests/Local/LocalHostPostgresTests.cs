using System.Net;
using FunctionsMonitor.IntegrationTests.Postgres;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.Storage;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Local;

/// <summary>The local host with PostgreSQL in place of its embedded database, as a user sets it up.</summary>
public sealed class LocalHostPostgresTests(PostgresFixture postgres) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task An_owner_migrates_and_a_role_that_is_no_owner_takes_events_flushes_and_shows_them()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var first = await MigrateAsync(database.ConnectionString);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("Applied 0001_tables.sql.", first.Output, StringComparison.Ordinal);
        Assert.EndsWith($"The schema is version {PostgresMigrations.Version}; there was nothing to do.\n", (await MigrateAsync(database.ConnectionString)).Output, StringComparison.Ordinal);

        await using var host = await LocalHostProcess.StartAsync(Options(await Roles.SignInAsMemberAsync(database, "monitoring_ingest")));
        var (status, _) = await host.Client.PostEventsAsync(
            $$"""{"event_type":"hello","source":"test","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","data":{"n": 1.0} }""");
        Assert.Equal(HttpStatusCode.Accepted, status);
        await host.Client.FlushAsync();

        Assert.Equal("""{"n": 1.0}""", await database.ScalarAsync<string>("SELECT data::text FROM monitoring.events"));
        var flushes = await host.Client.GetJsonAsync("/metrics/flush");
        Assert.Contains("\"rpc\"", flushes.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("\"hello\"", (await host.Client.GetJsonAsync("/events")).GetRawText(), StringComparison.Ordinal);
        Assert.True((await host.Client.GetJsonAsync("/metrics/ledger")).GetProperty("balanced").GetBoolean());
        Assert.False(File.Exists(Path.Combine(host.Options.DataPath, "metrics.db")));
    }

    [Fact]
    public async Task Told_so_it_migrates_when_it_starts()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await using var host = await LocalHostProcess.StartAsync(Options(database.ConnectionString, ("Postgres__MigrateAtStart", "true")));
        await host.OutputLineAsync($"The schema of the PostgreSQL database is version {PostgresMigrations.Version} now");
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM monitoring.events"));
    }

    [Fact]
    public async Task Health_names_the_store_that_does_not_answer_and_events_are_taken_all_the_same()
    {
        await using var host = await LocalHostProcess.StartAsync(Options("Host=127.0.0.1;Port=1;Username=x;Password=x"));
        Assert.Contains("PostgreSQL: Failed to connect to 127.0.0.1:1", (await host.Client.GetJsonAsync("/health")).GetRawText(), StringComparison.Ordinal);
        var (status, _) = await host.Client.PostEventsAsync("""{"event_type":"hello","source":"test","data":{}}""");
        Assert.Equal(HttpStatusCode.Accepted, status);
    }

    [Fact]
    public async Task A_migration_that_cannot_be_done_ends_with_1_and_one_line()
    {
        var result = await MigrateAsync("Host=127.0.0.1;Port=1;Username=x;Password=secret");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Equal("functionsmonitor: Failed to connect to 127.0.0.1:1\n", result.Error);
    }

    [Fact]
    public async Task Without_a_database_to_migrate_the_setting_is_named()
    {
        var result = await LocalHostProcess.RunAsync(new() { Folder = folder.Path, Urls = null, Arguments = ["migrate"] });
        Assert.Equal((2, "functionsmonitor: Postgres:ConnectionString or Host must be set, and not both.\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task The_roles_are_printed_for_psql()
    {
        var result = await LocalHostProcess.RunAsync(new() { Folder = folder.Path, Urls = null, Arguments = ["migrate", "--roles"] });
        Assert.Equal((0, PostgresMigrations.Roles), (result.ExitCode, result.Output));
    }

    public void Dispose() => folder.Dispose();

    private Task<ProcessResult> MigrateAsync(string connectionString) =>
        LocalHostProcess.RunAsync(Options(connectionString) with { Urls = null, Arguments = ["migrate"] });

    private LocalHostOptions Options(string connectionString, params (string Name, string Value)[] settings) => new()
    {
        Folder = folder.Path,
        Environment = settings.Append(("ConnectionStrings__Postgres", connectionString)).ToDictionary(pair => pair.Item1, pair => pair.Item2),
    };
}
