using System.Net;
using System.Text.Json;
using Azure.Storage.Blobs;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Network;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>A real host on a real Azurite that goes away, loses answers, or is meddled with; then the judgement.</summary>
public sealed class BlobChaosTests : IAsyncLifetime, IDisposable
{
    private const int Clients = 4;
    private const string Never = "1000000";
    private readonly TemporaryFolder folder = new();
    private readonly Obligations obligations = new();
    private AzuriteServer azurite = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One of its own: it is stopped here.</summary>
    public async ValueTask InitializeAsync() => azurite = await AzuriteServer.StartAsync();

    public ValueTask DisposeAsync() => azurite.DisposeAsync();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_service_stops_while_clients_post_and_flushes_run_and_comes_back()
    {
        var seed = HostJudge.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
        await using var host = await StartAsync(azurite.ConnectionString, flushing: true);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(i => new ChaosClient(host.Client, obligations, seed + i) { Pause = ChaosClient.Breath }.RunAsync(stop.Token)).ToList();
        for (var round = 0; round < 3; round++)
        {
            var owed = obligations.Owed;
            await Eventually.TrueAsync(() => obligations.Owed > owed + 100, "clients are answered");
            await azurite.StopAsync();

            // What was on its way may have got through; from then on everything is refused, and says so.
            await Eventually.TrueAsync(async () => (await PostAsync(host)).Status == HttpStatusCode.ServiceUnavailable, "events are refused");
            var during = obligations.Owed;
            var (status, problem) = await PostAsync(host);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("the blob service could not be reached", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(during, obligations.Owed);
            using (var ready = await host.Client.GetAsync("/health/ready", Token))
                Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            await azurite.ResumeAsync();
        }

        var before = obligations.Owed;
        await Eventually.TrueAsync(() => obligations.Owed > before + 100, "clients are answered again");
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        await HostJudge.JudgeAsync(host.Client, obligations, $"seed {seed}");
        var buffer = (await HostJudge.GetAsync(host.Client, "/status")).GetProperty("buffer");
        Assert.Equal(0, buffer.GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task Answers_get_lost_at_every_kind_of_request()
    {
        var seed = HostJudge.Setting("FUNCTIONSMONITOR_TEST_SEED", Environment.TickCount & 0xFFFF);
        var service = new BlobServiceClient(azurite.ConnectionString).Uri;
        await using var proxy = new CuttingProxy(new IPEndPoint(IPAddress.Loopback, service.Port));
        await using var host = await StartAsync(
            azurite.ConnectionString.Replace($"BlobEndpoint=http://{service.Authority}", $"BlobEndpoint=http://127.0.0.1:{proxy.Port}", StringComparison.Ordinal), flushing: true);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(i => new ChaosClient(host.Client, obligations, seed + i) { Pause = ChaosClient.Breath }.RunAsync(stop.Token)).ToList();
        for (var round = 0; round < 3; round++)
        {
            foreach (var request in new[] { "PUT /functionsmonitor/", "PUT /functionsmonitor/", "DELETE /functionsmonitor/", "comp=list", "GET /functionsmonitor/" })
                await proxy.LoseAnswer(request).Happened;
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        var ledger = await HostJudge.JudgeAsync(host.Client, obligations, $"seed {seed}");

        // The lost answers to writes were found out: nobody was told that nobody knows.
        Assert.Equal(0, ledger.GetProperty("unacknowledged").GetInt64());
        Assert.True(obligations.Owed > 100, $"only {obligations.Owed} events were acknowledged; this run proves little.");
    }

    [Fact]
    public async Task A_segment_deleted_by_hand_is_a_gap_a_corrupted_one_is_kept_and_a_copied_one_is_stored_once()
    {
        var settings = AzureHost.Settings(azurite.ConnectionString);
        await using var host = await StartAsync(settings, flushing: false);

        // After this none is due for days, and until then no tick asks.
        await host.Client.FlushAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(Guid.NewGuid());
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, ids[i])).Status);
        }

        var container = new BlobContainerClient(azurite.ConnectionString, settings["SegmentContainer__ContainerName"]);
        var blobs = await container.GetBlobsAsync(cancellationToken: Token).Select(blob => blob.Name).ToListAsync(Token);
        Assert.Equal(6, blobs.Count);
        await container.DeleteBlobAsync(blobs[1], cancellationToken: Token);
        var broken = (await container.GetBlobClient(blobs[2]).DownloadContentAsync(Token)).Value.Content.ToArray();
        broken[^1] ^= 1;
        await container.GetBlobClient(blobs[2]).UploadAsync(new BinaryData(broken), overwrite: true, Token);

        // Once more in its other place, under the name of another segment, and under none.
        var copied = (await container.GetBlobClient(blobs[3]).DownloadContentAsync(Token)).Value.Content;
        var name = blobs[3].Split('/')[^1];
        Assert.True(SegmentName.TryParse(name, out var parsed));
        await container.GetBlobClient($"segments/{name[31]}/{name}").UploadAsync(copied, overwrite: true, Token);
        var renamed = parsed with { Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()) };
        await container.UploadBlobAsync($"segments/0/{renamed}", copied, Token);
        await container.UploadBlobAsync($"segments/copy of {name}", copied, Token);

        await host.Client.FlushAsync();
        await HostJudge.DrainAsync(host.Client);
        Assert.Equal(new[] { ids[0], ids[3], ids[4], ids[5] }.Order(), (await HostJudge.ReadAllAsync(host.Client)).Select(item => item.Id).Order());
        Assert.Equal(
            new[] { ids[1], ids[2] }.Select(id => $"{id} was acknowledged and is not stored.").Order(),
            obligations.Judge(await HostJudge.ReadAllAsync(host.Client)).Order());

        var ledger = await HostJudge.GetAsync(host.Client, "/metrics/ledger");
        Assert.False(ledger.GetProperty("balanced").GetBoolean());
        var gap = Assert.Single(ledger.GetProperty("gaps").EnumerateArray().ToList());
        Assert.Equal((2, 2), (gap.GetProperty("from_number").GetInt64(), gap.GetProperty("to_number").GetInt64()));

        var left = await container.GetBlobsAsync(cancellationToken: Token).Select(blob => blob.Name).ToListAsync(Token);
        Assert.All(left, path => Assert.StartsWith("quarantine/", path, StringComparison.Ordinal));
        var kept = Assert.Single(left, path => path.StartsWith($"quarantine/{blobs[2].Split('/')[^1]}/", StringComparison.Ordinal));
        Assert.Equal(broken, (await container.GetBlobClient(kept).DownloadContentAsync(Token)).Value.Content.ToArray());
        Assert.Equal(3, left.Count);
        await HostJudge.PassFreshAsync(host.Client);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(LocalHostProcess host, Guid? given = null)
    {
        var id = given ?? Guid.NewGuid();
        obligations.Send(id, "{}");
        var answer = await host.Client.PostEventsAsync(
            $$"""{"event_id":"{{id}}","event_type":"by.hand","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","source":"tests","data":{} }""");
        if (answer.Status == HttpStatusCode.Accepted)
            obligations.Owe([id]);
        return answer;
    }

    private Task<LocalHostProcess> StartAsync(string connection, bool flushing) => StartAsync(AzureHost.Settings(connection), flushing);

    private Task<LocalHostProcess> StartAsync(Dictionary<string, string> settings, bool flushing) => LocalHostProcess.StartAsync(new()
    {
        Folder = folder.Path,
        Environment = new Dictionary<string, string>(settings)
        {
            ["MONITORING_METRICS_FLUSH_INTERVAL"] = flushing ? "1" : Never,
            ["MONITORING_BATCH_SIZE"] = flushing ? "50" : Never,
            ["FlushTimer__TickInterval"] = flushing ? "00:00:01" : "00:01:00",
        },
    });
}
