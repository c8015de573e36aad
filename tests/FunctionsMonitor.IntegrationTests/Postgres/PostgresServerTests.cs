using System.Diagnostics;
using System.Globalization;
using FunctionsMonitor.IntegrationTests.Breakers;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>What the tests of the PostgreSQL store rely on.</summary>
public sealed class PostgresServerTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(PostgresStop.Fast)]
    [InlineData(PostgresStop.Immediate)]
    public async Task It_keeps_what_was_committed_and_its_address_over_a_stop(PostgresStop how)
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await server.Databases.CreateEmptyAsync();
        await database.RunAsync("CREATE TABLE kept AS SELECT 7 AS value");
        var address = server.ConnectionString;
        await server.StopAsync(how);
        NpgsqlConnection.ClearAllPools();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => database.ScalarAsync<int>("SELECT value FROM kept"));

        await server.ResumeAsync();
        Assert.Equal(address, server.ConnectionString);
        Assert.Equal(7, await database.ScalarAsync<int>("SELECT value FROM kept"));
        Assert.Equal("on", await database.ScalarAsync<string>("SELECT current_setting('fsync')"));
    }

    [Fact]
    public async Task It_ends_with_a_test_process_that_is_killed_and_leaves_nothing()
    {
        RequiredTool.Ensure("sh");
        await using var tests = await ChildProcess.StartAsync(["postgres"]);
        var said = tests.Ready.Split(' ');
        using var server = Process.GetProcessById(int.Parse(said[1], CultureInfo.InvariantCulture));
        Assert.False(server.HasExited);
        await tests.KillAsync();
        await Eventually.TrueAsync(() => server.HasExited && !Directory.Exists(said[2]), "PostgreSQL ends");
    }

    [Fact]
    public async Task Databases_of_one_server_know_nothing_of_each_other()
    {
        await using var one = await postgres.CreateDatabaseAsync();
        await using var other = await postgres.CreateDatabaseAsync();
        await one.RunAsync("INSERT INTO monitoring.flushes VALUES (gen_random_uuid(), now(), '{}')");
        Assert.Equal(1, await one.ScalarAsync<long>("SELECT count(*) FROM monitoring.flushes"));
        Assert.Equal(0, await other.ScalarAsync<long>("SELECT count(*) FROM monitoring.flushes"));
    }
}
