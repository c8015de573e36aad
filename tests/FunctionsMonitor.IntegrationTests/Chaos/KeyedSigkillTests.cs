using System.Text.Json;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// As <see cref="SigkillTests"/>, with clients that leave identity to the server and rely on their idempotency keys: without those, every answer
/// lost to a kill is an event stored twice.
/// </summary>
public sealed class KeyedSigkillTests
{
    private const int Clients = 4;
    private const int DefaultRounds = 15;

    [Fact]
    public async Task Events_without_an_id_are_stored_once_whenever_the_process_is_killed()
    {
        var rounds = ChaosHost.Setting("FUNCTIONSMONITOR_TEST_KILLS", DefaultRounds);
        var seed = ChaosHost.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
        var random = new Random(seed);
        var obligations = new Obligations();
        using var folder = new TemporaryFolder();
        var options = new LocalHostOptions
        {
            Folder = folder.Path,
            Urls = $"http://127.0.0.1:{ChaosHost.FreePort()}",
            Environment = new Dictionary<string, string> { ["MONITORING_METRICS_FLUSH_INTERVAL"] = "1", ["MONITORING_BATCH_SIZE"] = "50" },
        };
        using var http = new HttpClient { BaseAddress = new Uri(options.Urls), Timeout = TimeSpan.FromSeconds(10) };

        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(i => new KeyedChaosClient(http, obligations, seed + i).RunAsync(stop.Token)).ToList();
        for (var round = 0; round < rounds; round++)
        {
            await using var life = await LocalHostProcess.StartAsync(options);
            await Task.Delay(random.Next(20, 600), TestContext.Current.CancellationToken);
            await life.KillAsync();
        }

        await using var last = await LocalHostProcess.StartAsync(options);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        await ChaosHost.DrainAsync(http);

        var stored = (await ChaosHost.ReadAllAsync(http)).Select(item => (MarkOf(item.Data), item.Data)).ToList();
        var faults = obligations.Judge(stored);
        Assert.True(faults.Count == 0, $"seed {seed}, {rounds} rounds, {obligations.Owed} owed:\n{string.Join('\n', faults.Take(20))}");
        Assert.True(obligations.Owed > rounds, $"seed {seed}: only {obligations.Owed} events were acknowledged; this run proves little.");
        using var ledger = await ChaosHost.GetAsync(http, "/metrics/ledger");
        Assert.True(ledger.RootElement.GetProperty("balanced").GetBoolean(), $"seed {seed}: {ledger.RootElement}");
    }

    private static Guid MarkOf(string data)
    {
        using var document = JsonDocument.Parse(data);
        return document.RootElement.GetProperty("mark").GetGuid();
    }
}
