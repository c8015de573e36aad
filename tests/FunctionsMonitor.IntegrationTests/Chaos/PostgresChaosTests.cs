using System.Net;
using System.Text.Json;
using FunctionsMonitor.IntegrationTests.Postgres;
using FunctionsMonitor.IntegrationTests.Postgres.Faults;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Network;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>A real host on a real PostgreSQL that goes away, loses answers, or closes its ways in while clients post; then the judgement.</summary>
public sealed class PostgresChaosTests(StoppableServer stoppable) : IClassFixture<StoppableServer>, IAsyncLifetime
{
    private const int Clients = 3;

    private readonly PostgresServer server = stoppable.Server;
    private readonly TemporaryFolder folder = new();
    private readonly Obligations obligations = new();
    private readonly int seed = HostJudge.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
    private readonly CancellationTokenSource stop = new();
    private PostgresDatabase database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await server.Databases.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        stop.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task The_server_stops_while_clients_post_and_flushes_run_and_comes_back()
    {
        await using var host = await StartAsync(database.ConnectionString);
        var clients = Post(host.Client);
        for (var round = 0; round < 3; round++)
        {
            await MoreAsync("clients are answered");
            await server.StopAsync(round % 2 == 0 ? PostgresStop.Immediate : PostgresStop.Fast);
            await MoreAsync("clients are answered without the server");
            using (var flushed = await host.Client.PostAsync("/metrics/flush", null, Token))
                Assert.True(flushed.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict, $"{flushed.StatusCode}");
            using (var events = await host.Client.GetAsync("/events", Token))
                Assert.Equal(HttpStatusCode.ServiceUnavailable, events.StatusCode);
            await server.ResumeAsync();
        }

        await MoreAsync("clients are answered again");
        await JudgeAsync(host.Client, clients);
    }

    [Fact]
    public async Task Answers_get_lost_at_every_statement_of_a_flush_and_backends_are_killed()
    {
        await using var proxy = Proxy();
        await using var host = await StartAsync(Through(proxy));
        var clients = Post(host.Client);
        for (var round = 0; round < 2; round++)
        {
            foreach (var step in PostgresHost.FlushSteps)
                await proxy.LoseAnswer(step).Happened;
            await MoreAsync("clients are answered");
            await database.ScalarAsync<long>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }

        await JudgeAsync(host.Client, clients);
    }

    [Fact]
    public async Task The_process_is_killed_at_every_statement_of_a_flush_before_it_and_after_it()
    {
        await using var proxy = Proxy();
        var options = Options(Through(proxy)) with { Urls = $"http://127.0.0.1:{FreePort.Next()}" };
        using var http = new HttpClient { BaseAddress = new Uri(options.Urls!), Timeout = TimeSpan.FromSeconds(10) };
        var clients = Post(http);
        foreach (var step in PostgresHost.FlushSteps)
        {
            await using (var life = await LocalHostProcess.StartAsync(options))
            {
                await PostgresHost.ComesAsync(life, step, proxy.Hold(step).Arrived);
                await life.KillAsync();
            }

            await using (var life = await LocalHostProcess.StartAsync(options))
            {
                await PostgresHost.ComesAsync(life, step, proxy.LoseAnswer(step).Happened);
                await life.KillAsync();
            }
        }

        await using var last = await LocalHostProcess.StartAsync(options);
        await JudgeAsync(http, clients);
    }

    [Fact]
    public async Task The_ways_in_are_closed_and_opened_one_after_the_other()
    {
        const string Function = "monitoring.ingest_segments";
        await using var host = await StartAsync(await Roles.SignInAsMemberAsync(database, "monitoring_ingest"));
        var clients = Post(host.Client);
        foreach (var (change, path) in ((string, string?)[])
        [
            ("SELECT", "rpc"),
            ($"REVOKE EXECUTE ON FUNCTION {Function} FROM monitoring_ingest", "direct"),
            ("REVOKE INSERT ON monitoring.events FROM monitoring_ingest", "view"),
            // As if it were dropped: now the view has nothing to call.
            ($"ALTER FUNCTION {Function} RENAME TO gone", null),
            ("GRANT INSERT ON monitoring.events TO monitoring_ingest", "direct"),
            ($"ALTER FUNCTION monitoring.gone RENAME TO ingest_segments; GRANT EXECUTE ON FUNCTION {Function} TO monitoring_ingest", "rpc"),
        ])
        {
            var before = (await LastFlushAsync(host.Client)).GetProperty("started_at").GetDateTimeOffset();
            await database.RunAsync(change);
            await Eventually.TrueAsync(
                async () =>
                {
                    var last = await LastFlushAsync(host.Client);
                    return last.GetProperty("started_at").GetDateTimeOffset() > before
                        && (path is null ? last.GetProperty("outcome").GetString() == "failed" : last.TryGetProperty("path", out var used) && used.GetString() == path);
                },
                $"after '{change}' a flush goes by way of {path ?? "none"}");
        }

        await JudgeAsync(host.Client, clients);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM monitoring.dead_letters"));
    }

    private static async Task<JsonElement> LastFlushAsync(HttpClient http)
    {
        JsonElement last = default;
        await Eventually.TrueAsync(
            async () =>
            {
                var flushes = (await HostJudge.GetAsync(http, "/metrics/flush?limit=1")).GetProperty("items");
                last = flushes.EnumerateArray().FirstOrDefault();
                return flushes.GetArrayLength() > 0;
            },
            "there is a flush");
        return last;
    }

    private List<Task> Post(HttpClient http) => [.. Enumerable.Range(0, Clients).Select(i => new ChaosClient(http, obligations, seed + i) { Pause = ChaosClient.Breath }.RunAsync(stop.Token))];

    private Task MoreAsync(string what)
    {
        var owed = obligations.Owed;
        return Eventually.TrueAsync(() => obligations.Owed > owed + 100, what);
    }

    private async Task JudgeAsync(HttpClient http, List<Task> clients)
    {
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        // A break to the end; the judge asks nothing twice.
        await Eventually.TrueAsync(
            async () =>
            {
                using var ledger = await http.GetAsync("/metrics/ledger", Token);
                return ledger.IsSuccessStatusCode;
            },
            "the store is read again");
        var books = await HostJudge.JudgeAsync(http, obligations, $"seed {seed}");
        Assert.Equal(0, books.GetProperty("dead_lettered").GetInt64());
        Assert.True(obligations.Owed > 100, $"seed {seed}: only {obligations.Owed} events were acknowledged; this run proves little.");
    }

    private CuttingProxy Proxy()
    {
        var address = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        return new CuttingProxy(new IPEndPoint(IPAddress.Parse(address.Host!), address.Port));
    }

    /// <summary>Sessions are not reset between uses: the answer to that comes before the one to the statement, and would be what is lost.</summary>
    private string Through(CuttingProxy proxy) =>
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = proxy.Port, NoResetOnClose = true }.ConnectionString;

    private LocalHostOptions Options(string connectionString) => new() { Folder = folder.Path, Environment = PostgresHost.Settings(connectionString) };

    private Task<LocalHostProcess> StartAsync(string connectionString) => LocalHostProcess.StartAsync(Options(connectionString));
}
