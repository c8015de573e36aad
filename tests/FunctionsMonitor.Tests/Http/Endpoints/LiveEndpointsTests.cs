using System.Text.Json;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Live;
using FunctionsMonitor.Tests.Http.Support;
using FunctionsMonitor.TestSupport.Streams;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class LiveEndpointsTests
{
    private const string Path = "/events/stream";

    [Fact]
    [Answers(200, "StreamEvents")]
    public async Task An_event_comes_as_soon_as_it_is_durable_as_GET_events_will_show_it()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        var feed = (await stream.NextAsync())!;
        Assert.Equal(("feed", "2000"), (feed.Event, feed.Retry));
        Assert.Equal(
            (monitor.Get<MonitorInstance>().Name, "realtime", "True"), (feed.Json.Text("instance"), feed.Json.Text("adapter"), feed.Json.Text("connected")));

        await monitor.IngestAsync($$"""[{{monitor.Event(data: "{\"é\":1.0,\"b\":[true]}")}},{"event_type":"x","source":"s","data":{} }]""");
        var live = new[] { (await stream.NextAsync())!, (await stream.NextAsync())! };

        Assert.All(live, message => Assert.Equal("message", message.Event));
        await monitor.FlushAsync();
        var stored = (await monitor.ReadAsync("/events")).Items();
        Assert.Equal(stored.Select(item => item.GetRawText()).Order(StringComparer.Ordinal), live.Select(message => message.Data).Order(StringComparer.Ordinal));
        Assert.All(live, message =>
        {
            Assert.True(LiveEventId.TryParse(message.Id, out var id));
            Assert.Equal(message.Json.GetProperty("event_id").GetGuid(), id.EventId);
        });
    }

    [Fact]
    public async Task The_headers_let_no_proxy_hold_it_back_or_keep_it()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        var (headers, content) = (stream.Response.Headers, stream.Response.Content.Headers);
        Assert.Equal("text/event-stream", content.ContentType?.ToString());
        Assert.Equal(("no-store", "no"), (headers.CacheControl?.ToString(), headers.GetValues("X-Accel-Buffering").Single()));
        Assert.Null(content.ContentLength);
        Assert.Empty(content.ContentEncoding);
    }

    [Fact]
    public async Task Filters_hold()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var stream = await SseReader.OpenAsync(monitor.Client, Path + "?type=cpu&source=web-1");
        await monitor.IngestAsync($"[{monitor.Event("cpu", source: "web-2")},{monitor.Event("disk", source: "web-1")},{monitor.Event("cpu", source: "web-1")}]");
        var message = await stream.NextAsync("message");
        Assert.Equal(("cpu", "web-1"), (message.Json.Text("event_type"), message.Json.Text("source")));
        Assert.Equal(1, (await monitor.ReadAsync("/metrics/adapter")).Number("delivered"));
    }

    [Fact]
    public async Task Line_ends_and_fields_of_a_stream_in_an_event_stay_data()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        var data = "{\r\n\n\"a\":\r\"b\\n\\nid: 9\\nevent: end\",\n\n\"id: 7\":\n\n{}}";
        var metadata = "{\n\nevent: end\ndata: {}\n\n}".Replace("event: end\ndata: {}", "\"event: end\":\n\"data\"", StringComparison.Ordinal);
        await monitor.IngestAsync(monitor.Event(data: data, source: "event: end")[..^1] + $",\"metadata\":{metadata}}}");
        await monitor.IngestAsync(monitor.Event("next"));

        var hostile = await stream.NextAsync("message");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(data), hostile.Json.GetProperty("data")));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(metadata), hostile.Json.GetProperty("metadata")));
        var next = (await stream.NextAsync())!;
        Assert.Equal(("message", "next"), (next.Event, next.Json.Text("event_type")));
    }

    [Fact]
    public async Task It_is_never_silent_for_longer_than_the_heartbeat()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        await stream.NextAsync("feed");
        for (var i = 0; i < 3; i++)
        {
            monitor.Time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(":", (await stream.NextAsync())!.Event);
        }
    }

    [Fact]
    public async Task It_ends_after_a_while_and_asks_the_client_to_come_back()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Live:MaxDuration"] = "00:01:00", ["Live:Heartbeat"] = "00:05:00" });
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        await stream.NextAsync("feed");
        monitor.Time.Advance(TimeSpan.FromSeconds(59));
        await monitor.IngestAsync(monitor.Event());
        await stream.NextAsync("message");
        monitor.Time.Advance(TimeSpan.FromSeconds(1));

        var end = (await stream.NextAsync())!;
        Assert.Equal(("end", "max_duration", "2000"), (end.Event, end.Json.Text("reason"), end.Retry));
        Assert.Null(await stream.NextAsync());
        await ConnectionsAsync(monitor, 0);
    }

    [Fact]
    public async Task A_host_that_stops_says_so_and_does_not_wait()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        await stream.NextAsync("feed");
        monitor.Get<IHostApplicationLifetime>().StopApplication();
        var end = await stream.NextAsync("end");
        Assert.Equal(("shutdown", "2000"), (end.Json.Text("reason"), end.Retry));
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task One_who_comes_back_gets_what_happened_meanwhile_once_and_then_what_comes()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var last = await SeeOneAndLeaveAsync(monitor);
        await monitor.IngestAsync(monitor.Event("missed"));
        using var back = await SseReader.OpenAsync(monitor.Client, Path, last);
        await monitor.IngestAsync(monitor.Event("live"));

        Assert.Equal("missed", (await back.NextAsync("message")).Json.Text("event_type"));
        var resumed = (await back.NextAsync())!;
        Assert.Equal(("resumed", 1, "True"), (resumed.Event, resumed.Json.Number("events"), resumed.Json.Text("complete")));
        Assert.Equal("live", (await back.NextAsync("message")).Json.Text("event_type"));
    }

    [Fact]
    public async Task One_who_comes_back_late_gets_it_from_the_store_and_an_id_that_is_none_only_says_so()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var last = await SeeOneAndLeaveAsync(monitor);
        monitor.Time.Advance(TimeSpan.FromMinutes(3));
        await monitor.IngestAsync(monitor.Event("missed"));
        await monitor.FlushAsync();

        using var back = await SseReader.OpenAsync(monitor.Client, Path, last);
        Assert.Equal("missed", (await back.NextAsync("message")).Json.Text("event_type"));
        using var lost = await SseReader.OpenAsync(monitor.Client, Path, "42");
        var resumed = await lost.NextAsync("resumed");
        Assert.Equal((0, "False"), (resumed.Json.Number("events"), resumed.Json.Text("complete")));
    }

    [Fact]
    [Answers(503, "StreamEvents")]
    public async Task The_subscriber_over_the_limit_is_told_to_come_later_and_finds_room_when_one_has_left()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Live:MaxSubscribers"] = "2" });
        using var first = await SseReader.OpenAsync(monitor.Client, Path);
        var second = await SseReader.OpenAsync(monitor.Client, Path);
        using (var refused = await monitor.GetAsync(Path))
            await refused.ReadRetryableAsync(ProblemTypes.TooManySubscribers);
        var metrics = await monitor.ReadAsync("/metrics/adapter");
        Assert.Equal((2, 2, 1), (metrics.Number("connections"), metrics.Number("max_connections"), metrics.Number("refused")));

        second.Dispose();
        await ConnectionsAsync(monitor, 1);
        using var third = await SseReader.OpenAsync(monitor.Client, Path);
    }

    [Fact]
    public async Task Clients_that_leave_without_a_word_leave_nothing_behind()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Live:Linger"] = "00:00:01" });
        for (var i = 0; i < 20; i++)
        {
            using var connection = await RawConnection.OpenAsync(monitor);
            await connection.SendAsync($"GET {Path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await ConnectionsAsync(monitor, 1);
            connection.Abort();
            await ConnectionsAsync(monitor, 0);
        }

        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(monitor.Get<MonitoringBroadcaster>().IsListening);
        Assert.Equal((0, 0L, 0), monitor.Get<LiveHub>().Remembered);
    }

    [Fact]
    public async Task A_reader_slower_than_the_events_is_bounded_in_memory_told_what_it_lost_and_sees_the_end()
    {
        // Kestrel cuts a reader that stands still for seconds; how fast this machine is must not matter here.
        await using var monitor = await HttpMonitor.StartAsync(
            services => services.Configure<KestrelServerOptions>(options => options.Limits.MinResponseDataRate = null),
            new() { ["Live:QueueEvents"] = "50" });
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        await stream.NextAsync("feed");
        var data = $$"""{"x":"{{new string('x', 10_000)}}"}""";
        const int Bursts = 20, Events = 200;
        for (var i = 0; i < Bursts; i++)
        {
            await monitor.IngestAsync($"[{string.Join(',', Enumerable.Repeat(0, Events).Select(_ => monitor.Event(data: data)))}]");
            var (events, bytes, _) = monitor.Get<LiveHub>().Remembered;
            Assert.True(events <= 50 && bytes <= 4 << 20);
        }

        await monitor.Get<MonitoringBroadcaster>().IdleAsync();
        await monitor.IngestAsync(monitor.Event("last"));
        long seen = 0, lost = 0;
        while (true)
        {
            var message = (await stream.NextAsync())!;
            if (message.Event == "dropped")
                lost += message.Json.Number("count");
            if (message.Event != "message")
                continue;
            if (message.Json.Text("event_type") == "last")
                break;
            seen++;
        }

        Assert.Equal(Bursts * Events, seen + lost);
        Assert.True(lost > 0, "Nothing was lost.");
        var metrics = await monitor.ReadAsync("/metrics/adapter");
        Assert.Equal((seen + 1, lost), (metrics.Number("delivered"), metrics.Number("dropped")));
        Assert.Equal(0, (await monitor.ReadAsync("/metrics/ledger")).Number("missing"));
    }

    [Fact]
    public async Task Flags_apply_to_an_open_stream_which_says_what_can_come()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        await stream.NextAsync("feed");
        monitor.Flags.Set(FlagSchema.UseAdapter, false);
        await monitor.IngestAsync(monitor.Event("unseen"));
        monitor.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("none", (await stream.NextAsync("feed")).Json.Text("adapter"));
        Assert.Empty((await monitor.ReadAsync("/metrics/adapter")).Items("running"));

        monitor.Flags.Set(FlagSchema.UseAdapter, true);
        monitor.Flags.Set(FlagSchema.DualMode, true);
        await monitor.IngestAsync(monitor.Event("seen"));
        Assert.Equal("dual", (await stream.NextAsync("feed")).Json.Text("adapter"));
        Assert.Equal("seen", (await stream.NextAsync("message")).Json.Text("event_type"));
        Assert.Equal(["websocket", "realtime"], (await monitor.ReadAsync("/metrics/adapter")).Items("running").Select(name => name.GetString()!));
    }

    [Fact]
    public async Task The_figures_of_each_adapter_are_told()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var stream = await SseReader.OpenAsync(monitor.Client, Path);
        await monitor.IngestAsync(monitor.Event());
        await stream.NextAsync("message");

        var answer = await monitor.ReadAsync("/metrics/adapter");
        Assert.Equal((1, 1, 0), (answer.Number("connections"), answer.Number("delivered"), answer.Number("dropped")));
        var adapters = answer.Items("adapters");
        Assert.Equal([("websocket", "off"), ("realtime", "live")], adapters.Select(adapter => (adapter.Text("name")!, adapter.Text("state")!)));
        Assert.All(adapters, adapter => Assert.Equal(
            ["name", "transport", "state", "published", "received", "duplicates", "dropped", "failures"], adapter.Members()));
        Assert.Equal(("in_process", 1, 1), (adapters[1].Text("transport"), adapters[1].Number("published"), adapters[1].Number("received")));
    }

    /// <returns>The place of a subscriber that saw one event and left.</returns>
    private static async Task<string> SeeOneAndLeaveAsync(HttpMonitor monitor)
    {
        string last;
        using (var stream = await SseReader.OpenAsync(monitor.Client, Path))
        {
            await monitor.IngestAsync(monitor.Event("seen"));
            last = (await stream.NextAsync("message")).Id!;
        }

        await ConnectionsAsync(monitor, 0);
        return last;
    }

    private static Task ConnectionsAsync(HttpMonitor monitor, int count) => Eventually.TrueAsync(
        async () => (await monitor.ReadAsync("/metrics/adapter")).Number("connections") == count);
}
