using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Network;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// The real process, killed with SIGKILL at random moments while clients post and flushes run. <c>FUNCTIONSMONITOR_TEST_KILLS</c> sets the
/// number of rounds, <c>FUNCTIONSMONITOR_TEST_SEED</c> the seed; both are in every failure's message.
/// </summary>
internal static class SigkillRun
{
    private const int Clients = 4;

    /// <param name="defaultRounds">How often it is killed.</param>
    /// <param name="stores">The settings of where it keeps what.</param>
    /// <param name="client">One of several, by its seed; it posts until it is told to stop.</param>
    /// <param name="judge">Asks the last life, in which clients have been answered; is given its rounds and what to find this run by again.</param>
    public static async Task RunAsync(
        int defaultRounds, Dictionary<string, string> stores, Func<HttpClient, Obligations, int, CancellationToken, Task> client,
        Func<HttpClient, Obligations, int, string, Task> judge)
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
            Urls = $"http://127.0.0.1:{FreePort.Next()}",
            Environment = new Dictionary<string, string>(stores) { ["MONITORING_METRICS_FLUSH_INTERVAL"] = "1", ["MONITORING_BATCH_SIZE"] = "50" },
        };
        using var http = new HttpClient { BaseAddress = new Uri(options.Urls), Timeout = TimeSpan.FromSeconds(10) };

        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(i => client(http, obligations, seed + i, stop.Token)).ToList();
        for (var round = 0; round < rounds; round++)
        {
            await using var life = await LocalHostProcess.StartAsync(options);
            await Task.Delay(random.Next(20, 600), TestContext.Current.CancellationToken);
            await life.KillAsync();
        }

        await using var last = await LocalHostProcess.StartAsync(options);
        var owed = obligations.Owed;
        await Eventually.TrueAsync(() => obligations.Owed > owed, "clients are answered again");
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        await judge(http, obligations, rounds, $"seed {seed}, {rounds} rounds");
        Assert.True(obligations.Owed > rounds, $"seed {seed}: only {obligations.Owed} events were acknowledged; this run proves little.");
    }
}
