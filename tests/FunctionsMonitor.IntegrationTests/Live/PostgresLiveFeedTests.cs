using System.Net;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.Live;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Postgres;
using FunctionsMonitor.TestSupport.Streams;
using Npgsql;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.IntegrationTests.Live;

/// <summary>LISTEN and NOTIFY of a real server, between two hosts that share nothing else, or only their buffer.</summary>
public sealed class PostgresLiveFeedTests(PostgresFixture postgres) : IDisposable
{
    private readonly TemporaryFolder one = new();
    private readonly TemporaryFolder other = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subscriber_of_one_host_sees_what_another_takes_in_as_it_was_sent()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await using var here = await FeedHost.StartAsync(one.Path, database.ConnectionString);
        await using var there = await FeedHost.StartAsync(other.Path, database.ConnectionString);
        using var stream = await SseReader.OpenAsync(there.Client, "/events/stream?type=wanted");
        await ConnectedAsync(there);

        await PostAsync(here, Event("unwanted"));
        await PostAsync(here, Event("wanted", """{"a":1.0,"a":"é\u0000"}"""));
        var seen = await stream.NextAsync("message");

        Assert.Equal("wanted", seen.Json.GetProperty("event_type").GetString());
        Assert.Equal("""{"a":1.0,"a":"é\u0000"}""", seen.Json.GetProperty("data").GetRawText());
        await here.Client.FlushAsync();
        var stored = (await here.Client.GetJsonAsync("/events?type=wanted")).GetProperty("items")[0].GetRawText();
        Assert.Equal(stored, seen.Data);
    }

    [Fact]
    public async Task A_segment_too_large_for_a_notice_is_fetched_from_the_shared_buffer()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await using var here = await FeedHost.StartAsync(one.Path, database.ConnectionString);
        await using var there = await FeedHost.StartAsync(one.Path, database.ConnectionString);
        using var stream = await SseReader.OpenAsync(there.Client, "/events/stream");
        await ConnectedAsync(there);

        await PostAsync(here, $"[{string.Join(',', Enumerable.Range(0, 20).Select(i => Event("large", $$"""{"x":"{{new string((char)('a' + i), 20_000)}}"}""")))}]");

        for (var i = 0; i < 20; i++)
            Assert.Equal(new string((char)('a' + i), 20_000), (await stream.NextAsync("message")).Json.GetProperty("data").GetProperty("x").GetString());
    }

    [Fact]
    public async Task A_server_that_goes_away_opens_the_breaker_touches_no_request_and_is_found_again()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await server.Databases.CreateEmptyAsync();
        await using var here = await FeedHost.StartAsync(one.Path, database.ConnectionString);
        await using var there = await FeedHost.StartAsync(other.Path, database.ConnectionString);
        using var stream = await SseReader.OpenAsync(there.Client, "/events/stream");
        await ConnectedAsync(there);

        await server.StopAsync(PostgresStop.Immediate);
        await PostAsync(here, Event("lost"));
        await Eventually.TrueAsync(() => !there.Get<MonitoringBroadcaster>().State.Connected, "the lost connection is noticed");
        await Eventually.TrueAsync(
            async () =>
            {
                await PostAsync(there, Event("lost"));
                return Realtime(there) is { Failures: > 0, Breaker.State: CircuitState.Open };
            },
            "the breaker opens");
        Assert.False((await stream.NextAsync("feed")).Json.GetProperty("connected").GetBoolean());

        await server.ResumeAsync();
        await ConnectedAsync(there);
        var seen = stream.NextAsync("message");
        // The other host's breaker may be open still: what it cannot tell is lost, and said to be.
        await Eventually.TrueAsync(
            async () =>
            {
                await PostAsync(here, Event("after"));
                return seen.IsCompleted;
            },
            "an event comes through again");
        Assert.Equal("after", (await seen).Json.GetProperty("event_type").GetString());
    }

    [Fact]
    public async Task A_host_listens_only_while_somebody_subscribes_and_tells_only_while_somebody_listens()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await using var here = await FeedHost.StartAsync(one.Path, database.ConnectionString);
        await using var there = await FeedHost.StartAsync(other.Path, database.ConnectionString, new() { ["Live:Linger"] = "00:00:00" });
        var feed = new PostgresLiveFeed(database.Source);
        Assert.False(await feed.HasListenersAsync(Token));
        await PostAsync(here, Event("untold"));
        await here.Get<MonitoringBroadcaster>().IdleAsync();
        Assert.Equal((0, 0), (Realtime(here).Published, Realtime(here).Failures));

        using (var stream = await SseReader.OpenAsync(there.Client, "/events/stream"))
        {
            await ConnectedAsync(there);
            Assert.True(await feed.HasListenersAsync(Token));
            await PostAsync(here, Event("told"));
            await stream.NextAsync("message");
            // It may be here before the one who told it has counted it.
            await here.Get<MonitoringBroadcaster>().IdleAsync();
            Assert.Equal(1, Realtime(here).Published);
        }

        // Its connection stays in its pool, and must not look as if it listened.
        await Eventually.TrueAsync(async () => !await feed.HasListenersAsync(Token), "nobody listens any more");
    }

    [Fact]
    public async Task Texts_up_to_the_limit_come_in_order_and_one_that_is_longer_is_refused()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var feed = new PostgresLiveFeed(database.Source);
        await using var listener = await feed.ListenAsync(Token);
        string[] payloads = [new('a', feed.MaxPayloadBytes), "second", new('c', feed.MaxPayloadBytes)];

        await feed.NotifyAsync(payloads, Token);
        foreach (var payload in payloads)
            Assert.Equal(payload, await listener.ReceiveAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token));
        await Assert.ThrowsAsync<PostgresException>(() => feed.NotifyAsync([new('a', feed.MaxPayloadBytes + 1)], Token).AsTask());
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_ends_the_wait()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var feed = new PostgresLiveFeed(database.Source);
        await using var listener = await feed.ListenAsync(Token);
        var wait = listener.ReceiveAsync(Token).AsTask();
        await database.RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => wait.WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.True(feed.IsTransient(exception), exception.ToString());
    }

    public void Dispose()
    {
        one.Dispose();
        other.Dispose();
    }

    private static LiveAdapterMetrics Realtime(FeedHost host) =>
        host.Get<MonitoringBroadcaster>().GetMetrics().Adapters.Single(adapter => adapter.Name == "realtime");

    private static Task ConnectedAsync(FeedHost host) =>
        Eventually.TrueAsync(() => host.Get<MonitoringBroadcaster>().State.Connected, "the host listens");

    private static async Task PostAsync(FeedHost host, string body) =>
        Assert.Equal(HttpStatusCode.Accepted, (await host.Client.PostEventsAsync(body)).Status);

    private static string Event(string type, string data = "{}") =>
        $$"""{"event_type":"{{type}}","source":"test","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","data":{{data}} }""";
}
