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

    /// <summary>
    /// Of all clients together, between two requests. Without it the buffer grows to thousands of
    /// segments, and the emulator needs more than a flush's time to list them.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryFolder folder = new();
    private readonly Obligations obligations = new();
    private readonly int seed = HostJudge.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
    private PostgresDatabase database = null!;

    /// <summary>How often a flush was turned away because another host was at it.</summary>
    private int met;

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
            var clients = hosts.Select((host, i) => new ChaosClient(host.Client, obligations, seed + i) { Pause = Pause * count }.RunAsync(stop.Token)).ToList();
            var flushers = hosts.Select((host, i) => FlushUntilItIsGoneAsync(host.Client, new Random(seed + i))).ToList();

            await Eventually.TrueAsync(() => obligations.Owed >= OwedAtLeast, $"seed {seed}: {OwedAtLeast} events are owed");
            await Eventually.TrueAsync(async () => await WritersAsync() >= 2, $"seed {seed}: two hosts have flushed some");
            await Eventually.TrueAsync(() => Volatile.Read(ref met) > 0, $"seed {seed}: two of them have met");
            await Task.WhenAll(hosts.Select(host => host.KillAsync()));
            await stop.CancelAsync();
            await Task.WhenAll(clients);
            await Task.WhenAll(flushers);
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

    /// <summary>
    /// One flush after the other: with no timer beside it, who is turned away met another process. A pause of any length between them gives each host its turn; without one
    /// those that are turned away ask for the lease all the time, and keep the storage from everybody else.
    /// </summary>
    private async Task FlushUntilItIsGoneAsync(HttpClient http, Random random)
    {
        while (true)
        {
            try
            {
                using var flushed = await http.PostAsync("/metrics/flush", null, Token);
                var answer = await flushed.Content.ReadAsStringAsync(Token);
                if (flushed.StatusCode == HttpStatusCode.Conflict || answer.Contains("Another instance is flushing", StringComparison.Ordinal))
                    Interlocked.Increment(ref met);
                else
                    Assert.True(flushed.IsSuccessStatusCode, answer);
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException)
            {
                return;
            }

            await Task.Delay(random.Next(10, 200), Token);
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

            // While clients post faster than is flushed a flush has no end, and the other hosts no turn. Eight that look through one emulator on a busy
            // machine need seconds before the first of them has anything to store.
            ["Flush__TimeBudget"] = "00:00:10",
        },
    };
}
