using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>Clients that give each event an id and a time, and a host that is killed again and again (<see cref="SigkillRun"/>).</summary>
public sealed class SigkillTests(AzuriteFixture azurite, PostgresFixture postgres)
{
    private const int DefaultRounds = 25;
    private const int DefaultBlobRounds = 8;
    private const int DefaultPostgresRounds = 8;

    [Fact]
    public Task Nothing_acknowledged_is_lost_or_doubled_whenever_the_process_is_killed() => RunAsync(DefaultRounds, []);

    [Fact]
    public async Task Nor_with_segments_in_blobs_and_state_in_a_table() => await RunAsync(DefaultBlobRounds, AzureHost.Settings(await azurite.ConnectionStringAsync()));

    [Fact]
    public async Task Nor_with_the_metrics_in_PostgreSQL()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await RunAsync(DefaultPostgresRounds, PostgresHost.Settings(database.ConnectionString));
    }

    private static Task RunAsync(int defaultRounds, Dictionary<string, string> stores) => SigkillRun.RunAsync(
        defaultRounds,
        stores,
        static (http, obligations, seed, stop) => new ChaosClient(http, obligations, seed).RunAsync(stop),
        static async (http, obligations, rounds, run) =>
        {
            var lives = (await HostJudge.JudgeAsync(http, obligations, run)).GetProperty("incarnations").GetArrayLength();
            Assert.True(lives > rounds / 2, $"{run}: {lives} lives");
        });
}
