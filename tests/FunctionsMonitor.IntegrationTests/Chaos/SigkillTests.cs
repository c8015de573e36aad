using System.Net;
using System.Net.Sockets;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// The real process, killed with SIGKILL at random moments while clients post and flushes run. <c>FUNCTIONSMONITOR_TEST_KILLS</c> sets the
/// number of rounds, <c>FUNCTIONSMONITOR_TEST_SEED</c> the seed; both are in every failure's message.
/// </summary>
public sealed class SigkillTests(AzuriteFixture azurite, PostgresFixture postgres)
{
    private const int Clients = 4;
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

    private static async Task RunAsync(int defaultRounds, Dictionary<string, string> stores)
    {
        var rounds = HostJudge.Setting("FUNCTIONSMONITOR_TEST_KILLS", defaultRounds);
        var seed = HostJudge.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
        var random = new Random(seed);
        var obligations = new Obligations();
        using var folder = new TemporaryFolder();
        var options = new LocalHostOptions
        {
            // One port for all lives, so that the clients outlive the process as real ones do.
            Folder = folder.Path,
            Urls = $"http://127.0.0.1:{FreePort()}",
            Environment = new Dictionary<string, string>(stores) { ["MONITORING_METRICS_FLUSH_INTERVAL"] = "1", ["MONITORING_BATCH_SIZE"] = "50" },
        };
        using var http = new HttpClient { BaseAddress = new Uri(options.Urls), Timeout = TimeSpan.FromSeconds(10) };

        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(i => new ChaosClient(http, obligations, seed + i).RunAsync(stop.Token)).ToList();
        for (var round = 0; round < rounds; round++)
        {
            await using var life = await LocalHostProcess.StartAsync(options);
            await Task.Delay(random.Next(20, 600), TestContext.Current.CancellationToken);
            await life.KillAsync();
        }

        await using var last = await LocalHostProcess.StartAsync(options);
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        var ledger = await HostJudge.JudgeAsync(http, obligations, $"seed {seed}, {rounds} rounds");
        Assert.True(obligations.Owed > rounds, $"seed {seed}: only {obligations.Owed} events were acknowledged; this run proves little.");
        Assert.True(ledger.GetProperty("incarnations").GetArrayLength() > rounds / 2, $"{ledger.GetProperty("incarnations").GetArrayLength()} lives");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
