using System.Net;
using FunctionsMonitor.IntegrationTests.Postgres.Faults;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Network;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// What runs in production: two hosts, segments, breakers and state in a storage account, metrics in PostgreSQL. Both services go away, and a host is
/// killed at every step of a flush while the other one goes on; then the judgement.
/// </summary>
public sealed class ProductionPairTests(StoppableServer stoppable) : IClassFixture<StoppableServer>, IAsyncLifetime
{
    /// <summary>What a flush asks of the blob service for a segment, around the statements in between.</summary>
    private const string ReadSegment = "GET /functionsmonitor/chaos-";

    private const string DeleteSegment = "DELETE /functionsmonitor/chaos-";
    private readonly PostgresServer server = stoppable.Server;
    private readonly TemporaryFolder folder = new();
    private readonly Obligations obligations = new();
    private readonly int seed = HostJudge.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
    private readonly CancellationTokenSource stop = new();
    private AzuriteServer azurite = null!;
    private PostgresDatabase database = null!;
    private Dictionary<string, string> shared = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteServer.StartAsync();
        database = await server.Databases.CreateAsync();
        shared = new(PostgresHost.Settings(database.ConnectionString).Concat(AzureHost.Settings(azurite.ConnectionString)));
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await azurite.DisposeAsync();
        stop.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Both_services_stop_while_clients_post_and_flushes_run_and_come_back_in_either_order()
    {
        await using var one = await LocalHostProcess.StartAsync(Options("one", shared));
        await using var other = await LocalHostProcess.StartAsync(Options("other", shared));
        var clients = Post(one.Client, other.Client);

        // The database first: clients notice nothing, until the blob service goes too, and with it the breakers' state.
        await MoreAsync("clients are answered");
        await server.StopAsync(PostgresStop.Immediate);
        await MoreAsync("clients are answered without the database");
        await azurite.StopAsync();
        await RefusedAsync(one, other);
        await ResumeDatabaseAsync();
        await RefusedAsync(one, other);
        await azurite.ResumeAsync();
        await StoredAsync("both are there again");

        // The blob service first: what was acknowledged waits in it, and the database goes before it can be flushed.
        await azurite.StopAsync();
        await RefusedAsync(one, other);
        await server.StopAsync();
        await azurite.ResumeAsync();
        await MoreAsync("clients are answered without the database again");
        await ResumeDatabaseAsync();
        await StoredAsync("the database is there again");

        // And both at once.
        await Task.WhenAll(azurite.StopAsync(), server.StopAsync(PostgresStop.Immediate));
        await RefusedAsync(one, other);
        await Task.WhenAll(azurite.ResumeAsync(), ResumeDatabaseAsync());
        await MoreAsync("clients are answered at last");
        await JudgeAsync(one.Client, clients);
        await HostJudge.PassFreshAsync(other.Client);
    }

    /// <param name="answered">Whether the service has done what it was asked for before the process ends.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_is_killed_at_every_step_of_a_flush_while_another_one_flushes(bool answered)
    {
        await using var toDatabase = Proxy(new NpgsqlConnectionStringBuilder(server.ConnectionString).Port);
        var blobs = new Uri(azurite.ConnectionString.Split("BlobEndpoint=")[1].Split(';')[0]);
        await using var toBlobs = Proxy(blobs.Port);
        var killed = Options("killed", new(shared)
        {
            // Sessions are not reset between uses: the answer to that comes before the one to the statement, and would be what is lost.
            ["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = toDatabase.Port, NoResetOnClose = true }.ConnectionString,
            ["ConnectionStrings__AzureStorage"] = azurite.ConnectionString.Replace($"{blobs.Authority}", $"127.0.0.1:{toBlobs.Port}", StringComparison.Ordinal),
        }) with
        { Urls = $"http://127.0.0.1:{FreePort.Next()}" };
        using var http = new HttpClient { BaseAddress = new Uri(killed.Urls!), Timeout = TimeSpan.FromSeconds(10) };
        await using var other = await LocalHostProcess.StartAsync(Options("other", shared));
        var clients = Post(http, other.Client);
        foreach (var step in PostgresHost.FlushSteps.Prepend(ReadSegment).Append(DeleteSegment))
        {
            var proxy = step is ReadSegment or DeleteSegment ? toBlobs : toDatabase;
            await using var life = await LocalHostProcess.StartAsync(killed);
            await PostgresHost.ComesAsync(life, step, answered ? proxy.LoseAnswer(step).Happened : proxy.Hold(step).Arrived);
            await life.KillAsync();
            await StoredAsync($"the other one goes on after '{step}'");
        }

        await using var last = await LocalHostProcess.StartAsync(killed);
        await JudgeAsync(last.Client, clients);
        await HostJudge.PassFreshAsync(other.Client);
    }

    private static CuttingProxy Proxy(int port) => new(new IPEndPoint(IPAddress.Loopback, port));

    private List<Task> Post(params HttpClient[] hosts) => [.. hosts.Select((http, i) => new ChaosClient(http, obligations, seed + i) { Pause = ChaosClient.Breath }.RunAsync(stop.Token))];

    private Task MoreAsync(string what)
    {
        var owed = obligations.Owed;
        return Eventually.TrueAsync(() => obligations.Owed > owed + 100, $"seed {seed}: {what}");
    }

    /// <summary>More events come into the store, and with them the flushes go on.</summary>
    private async Task StoredAsync(string what)
    {
        var before = await CountAsync();
        await Eventually.TrueAsync(async () => await CountAsync() > before + 20, $"seed {seed}: {what}");
    }

    private Task<long> CountAsync() => database.ScalarAsync<long>("SELECT count(*) FROM monitoring.events");

    private async Task ResumeDatabaseAsync()
    {
        await server.ResumeAsync();

        // The test's own connections ended with it.
        database.Source.Clear();
    }

    /// <summary>Each of them says so, and nothing is acknowledged. What was answered before may still be on its way to a client.</summary>
    private Task RefusedAsync(params LocalHostProcess[] hosts) => Eventually.TrueAsync(
        async () =>
        {
            var owed = obligations.Owed;
            foreach (var host in hosts)
            {
                var id = Guid.NewGuid();
                obligations.Send(id, "{}");
                var (status, _) = await host.Client.PostEventsAsync($$"""{"event_id":"{{id}}","event_type":"by.hand","source":"tests","data":{} }""");
                if (status != HttpStatusCode.ServiceUnavailable)
                    return false;
            }

            return obligations.Owed == owed;
        },
        $"seed {seed}: every host refuses events");

    private async Task JudgeAsync(HttpClient http, List<Task> clients)
    {
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        // A break to its end; the judge asks nothing twice.
        await Eventually.TrueAsync(
            async () =>
            {
                using var ledger = await http.GetAsync("/metrics/ledger", Token);
                return ledger.IsSuccessStatusCode;
            },
            $"seed {seed}: the store is read again");
        var books = await HostJudge.JudgeAsync(http, obligations, $"seed {seed}");
        Assert.Equal(0, books.GetProperty("dead_lettered").GetInt64());
    }

    private LocalHostOptions Options(string name, Dictionary<string, string> settings) => new()
    {
        Folder = Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName,
        Environment = new Dictionary<string, string>(settings) { ["WEBSITE_INSTANCE_ID"] = name },
    };
}
