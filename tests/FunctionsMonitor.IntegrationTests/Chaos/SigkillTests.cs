using System.Text;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// The real process, killed with SIGKILL at random moments while clients post and flushes run. <c>FUNCTIONSMONITOR_TEST_KILLS</c> sets the
/// number of rounds, <c>FUNCTIONSMONITOR_TEST_SEED</c> the seed; both are in every failure's message.
/// </summary>
public sealed class SigkillTests
{
    private const int Clients = 4;
    private const int DefaultRounds = 25;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_whenever_the_process_is_killed()
    {
        var rounds = ChaosHost.Setting("FUNCTIONSMONITOR_TEST_KILLS", DefaultRounds);
        var seed = ChaosHost.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
        var random = new Random(seed);
        var obligations = new Obligations();
        using var folder = new TemporaryFolder();
        var options = new LocalHostOptions
        {
            // One port for all lives, so that the clients outlive the process as real ones do.
            Folder = folder.Path,
            Urls = $"http://127.0.0.1:{ChaosHost.FreePort()}",
            Environment = new Dictionary<string, string> { ["MONITORING_METRICS_FLUSH_INTERVAL"] = "1", ["MONITORING_BATCH_SIZE"] = "50" },
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
        await ChaosHost.DrainAsync(http);

        var faults = obligations.Judge(await ChaosHost.ReadAllAsync(http));
        Assert.True(faults.Count == 0, $"seed {seed}, {rounds} rounds, {obligations.Owed} owed:\n{string.Join('\n', faults.Take(20))}");
        Assert.True(obligations.Owed > rounds, $"seed {seed}: only {obligations.Owed} events were acknowledged; this run proves little.");

        using var ledger = await ChaosHost.GetAsync(http, "/metrics/ledger");
        Assert.True(ledger.RootElement.GetProperty("balanced").GetBoolean(), $"seed {seed}: {ledger.RootElement}");
        Assert.Equal(0, ledger.RootElement.GetProperty("pending").GetInt64());
        Assert.True(ledger.RootElement.GetProperty("incarnations").GetArrayLength() > rounds / 2, $"{ledger.RootElement.GetProperty("incarnations").GetArrayLength()} lives");

        var fresh = Guid.NewGuid();
        using var content = new StringContent(
            $$"""{"event_id":"{{fresh}}","event_type":"fresh","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","source":"judge","data":{} }""", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/events", content, TestContext.Current.CancellationToken);
        Assert.Equal(202, (int)response.StatusCode);
        await ChaosHost.DrainAsync(http);
        Assert.Contains(await ChaosHost.ReadAllAsync(http), item => item.Id == fresh);
    }
}
