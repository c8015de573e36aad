using System.Net;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Streams;

namespace FunctionsMonitor.IntegrationTests.Live;

/// <summary>The live stream of the local host as a user starts it.</summary>
public sealed class LiveStreamProcessTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_stop_is_said_at_once_and_a_client_that_comes_back_after_a_restart_misses_nothing_that_was_stored()
    {
        string last;
        await using (var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path }))
        {
            using var stream = await SseReader.OpenAsync(host.Client, "/events/stream");
            await PostAsync(host, "seen");
            last = (await stream.NextAsync("message")).Id!;

            var terminated = host.TerminateAsync();
            Assert.Equal("shutdown", (await stream.NextAsync("end")).Json.GetProperty("reason").GetString());
            Assert.Null(await stream.NextAsync());
            var result = await terminated;
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }

        await using var next = await LocalHostProcess.StartAsync(new() { Folder = folder.Path });
        await PostAsync(next, "missed");
        await next.Client.FlushAsync();

        using var back = await SseReader.OpenAsync(next.Client, "/events/stream", last);
        var missed = await back.NextAsync("message");
        Assert.Equal("missed", missed.Json.GetProperty("event_type").GetString());
        Assert.True((await back.NextAsync("resumed")).Json.GetProperty("complete").GetBoolean());
        await PostAsync(next, "live");
        Assert.Equal("live", (await back.NextAsync("message")).Json.GetProperty("event_type").GetString());
    }

    [Fact]
    public async Task A_client_that_stands_still_does_not_hold_ingest_or_the_stop_up()
    {
        await using var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path });
        using var stream = await SseReader.OpenAsync(host.Client, "/events/stream");
        await stream.NextAsync("feed");
        var events = $"[{string.Join(',', Enumerable.Repeat(Event("much", new string('x', 20_000)), 100))}]";
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.Accepted, (await host.Client.PostEventsAsync(events)).Status);

        var metrics = await host.Client.GetJsonAsync("/metrics/adapter");
        Assert.True(metrics.GetProperty("dropped").GetInt64() > 0, metrics.GetRawText());
        Assert.Equal(0, (await host.TerminateAsync()).ExitCode);
    }

    [Fact]
    public async Task The_stream_needs_the_read_key_where_keys_are_needed()
    {
        var keys = new Dictionary<string, string>
        {
            ["Keys__Ingest"] = "ingest-key-0123456789",
            ["Keys__Read"] = "read-key-0123456789",
            ["Keys__Operate"] = "operate-key-0123456789",
        };
        await using var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path, Key = "read-key-0123456789", Environment = keys });
        using (var stream = await SseReader.OpenAsync(host.Client, "/events/stream"))
            await stream.NextAsync("feed");

        host.Client.DefaultRequestHeaders.Remove("x-functions-key");
        using var refused = await host.Client.GetAsync(
            new Uri("/events/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    public void Dispose() => folder.Dispose();

    private static async Task PostAsync(LocalHostProcess host, string type) =>
        Assert.Equal(HttpStatusCode.Accepted, (await host.Client.PostEventsAsync(Event(type))).Status);

    private static string Event(string type, string text = "") =>
        $$"""{"event_type":"{{type}}","source":"test","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","data":{"x":"{{text}}"} }""";
}
