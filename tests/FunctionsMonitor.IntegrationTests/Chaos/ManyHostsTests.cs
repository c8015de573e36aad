using System.Net;
using System.Net.Sockets;
using FunctionsMonitor.IntegrationTests.Postgres.Faults;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// B11 with real processes (<see cref="ManyFlushersTests"/> has it in one): hosts over one buffer and one database flush all at once while clients
/// post, and then all of them die in the same moment; then the judgement, by one that has seen nothing of it.
/// </summary>
public sealed class ManyHostsTests(AzuriteFixture azurite, PostgresFixture postgres) : IAsyncLifetime
{
    private const int OwedAtLeast = 600;
    private const string Never = "1000000";
    private readonly TemporaryFolder folder = new();
    private readonly Obligations obligations = new();
    private readonly int seed = HostJudge.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
    private PostgresDatabase database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public Task That_share_a_folder_store_each_event_once(int count) => RunAsync(count, []);

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task That_share_a_container_store_each_event_once(int count) => await RunAsync(count, AzureHost.Settings(await azurite.ConnectionStringAsync()));

    private async Task RunAsync(int count, Dictionary<string, string> segments)
    {
        var hosts = await Task.WhenAll(Enumerable.Range(0, count).Select(i => LocalHostProcess.StartAsync(Options(segments, $"host-{i}"))));
        try
        {
            using var stop = new CancellationTokenSource();
            var clients = hosts.Select((host, i) => new ChaosClient(host.Client, obligations, seed + i).RunAsync(stop.Token)).ToList();
            var flushers = hosts.Select(host => FlushUntilItIsGoneAsync(host.Client)).ToList();
            await Eventually.TrueAsync(
                async () => obligations.Owed >= OwedAtLeast && await WritersAsync() == count,
                $"seed {seed}: {OwedAtLeast} events are owed and every host has flushed some");
            await Task.WhenAll(hosts.Select(host => host.KillAsync()));
            await stop.CancelAsync();
            await Task.WhenAll(clients);
            Assert.True((await Task.WhenAll(flushers)).Sum() > 0, $"seed {seed}: they never met; this run proves little.");
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }

        await using var last = await LocalHostProcess.StartAsync(Options(segments, "last"));
        var ledger = await HostJudge.JudgeAsync(last.Client, obligations, $"seed {seed}");

        // Any further duplicate would be one that was flushed twice and only the events' own key kept out. Usually nothing is sent again; on a machine that
        // is slow enough an upload is given up and the client told so, and yet it arrives.
        Assert.InRange(ledger.GetProperty("duplicates").GetInt64(), 0, obligations.SentAgain);
        Assert.Equal(0, ledger.GetProperty("dead_lettered").GetInt64());
    }

    /// <summary>Each flush begins as soon as the one before it has ended: with no timer beside it, who is turned away met another process.</summary>
    /// <returns>How often.</returns>
    private static async Task<int> FlushUntilItIsGoneAsync(HttpClient http)
    {
        for (var met = 0; ;)
        {
            try
            {
                using var flushed = await http.PostAsync("/metrics/flush", null, Token);
                var answer = await flushed.Content.ReadAsStringAsync(Token);
                if (flushed.StatusCode == HttpStatusCode.Conflict || answer.Contains("Another instance is flushing", StringComparison.Ordinal))
                    met++;
                else
                    Assert.True(flushed.IsSuccessStatusCode, answer);
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException)
            {
                return met;
            }
        }
    }

    /// <summary>Hosts that have stored something.</summary>
    private async Task<long> WritersAsync() => await database.ScalarAsync<long>(
        "SELECT count(DISTINCT report ->> 'instance') FROM monitoring.flushes WHERE (report ->> 'stored')::bigint > 0");

    private LocalHostOptions Options(Dictionary<string, string> segments, string name) => new()
    {
        Folder = folder.Path,
        Environment = new Dictionary<string, string>(segments.Concat(PostgresHost.Settings(database.ConnectionString)))
        {
            ["WEBSITE_INSTANCE_ID"] = name,
            ["MONITORING_METRICS_FLUSH_INTERVAL"] = Never,
            ["MONITORING_BATCH_SIZE"] = Never,
            ["FlushTimer__TickInterval"] = "00:01:00",
            ["Buffering__Linger"] = "00:00:00",

            // Several transactions a flush, so that they meet in all of its steps.
            ["Flush__TransactionEvents"] = "30",

            // While clients post faster than is flushed a flush has no end, and the other hosts no turn.
            ["Flush__TimeBudget"] = "00:00:03",
        },
    };
}
