using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.TestSupport.Streams;
using static FunctionsMonitor.HostContract.Table.Ask;

namespace FunctionsMonitor.HostContract.Table;

/// <summary><c>GET /events</c> and <c>GET /events/stream</c>.</summary>
internal static class EventRows
{
    private const string Second = """{"event_id":"$key","event_type":"$type","source":"$source","timestamp":"$now","data":{"n":2}}""";

    /// <summary>Beyond the two seconds within which another instance notices a subscriber.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    public static IEnumerable<HostRow> All =>
    [
        Row("GET /events: an event as it was sent, with what became of it",
            Take(Event), Stored(1).With("items.0.event_id", "$id").With("items.0.event_type", "$type").With("items.0.source", "$source").With("items.0.data", """{"n":1}""")
                .With("items.0.replayed", false).With("next_cursor", "null")),
        Row("GET /events: page by page",
            Take($"[{Event},{Second}]", 2), Stored(2),
            Get("/events?source=$source&limit=1").Keep("cursor", "next_cursor").Keep("first", "items.0.event_id"),
            Get("/events?source=$source&limit=1&cursor=$cursor").With("next_cursor", "null")
                .Check(answer => Assert.NotEqual(answer.Run.Expand("$first"), answer.Find("items.0.event_id"))),
            Get("/events?limit=1&cursor=$cursor").Refused(ProblemTypes.InvalidParameter, "cursor")),
        Row("GET /events: a type that nobody sent", Get("/events?type=functionsmonitor.test.never&source=$source").With("items", "[]").With("next_cursor", "null")),
        Row("GET /events: a range in which there was nothing", Get("/events?from=2020-01-01T00:00:00Z&to=2020-01-01T01:00:00.000001%2B01:00").With("items", "[]")),
        Row("GET /events: a range that ends where it begins", Get("/events?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00%2B01:00").Refused(ProblemTypes.InvalidParameter, "from")),
        Row("GET /events: a cursor of another list", Get("/operations?limit=1"), Get("/events?cursor=AAAA").Refused(ProblemTypes.InvalidParameter, "cursor")),
        Row("GET /events: hostile text in a filter", Get("/events?source=%27%3B%20DROP%20TABLE%20events%3B--%00x").Refused(ProblemTypes.InvalidParameter, "source")),
        Row("GET /events: quotes in a filter", Get("/events?source=%27%20OR%201%3D1%20--").With("items", "[]")),

        Row("GET /events/stream: an event comes as it is taken, and what was missed comes after a return").Then(StreamAsync, ("StreamEvents", 200))
            .OnlyWhen(FlagSchema.UseAdapter.Name, "true"),
    ];

    private static async Task StreamAsync(HostRun run)
    {
        string id;
        using (var stream = await OpenAsync(run, lastEventId: null))
        {
            var response = stream.Response;
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            Assert.Equal(["no"], response.Headers.GetValues("X-Accel-Buffering"));
            var feed = await stream.NextAsync();
            Assert.Equal(("feed", "2000"), (feed!.Event, feed.Retry));

            // Best effort: an instance that takes the event may not know of the subscriber yet.
            var message = stream.NextAsync("message");
            for (var i = 0; i < 20 && !message.IsCompleted; i++)
            {
                await run.DoAsync(Take(Event));
                await Task.WhenAny(message, Task.Delay(Again, TestContext.Current.CancellationToken));
            }

            var seen = await message;
            Assert.Equal(run.Expand("$source"), seen.Json.GetProperty("source").GetString());
            Assert.Equal(run.Expand("$id"), seen.Json.GetProperty("event_id").GetString());
            WireShape.Check(typeof(FunctionsMonitor.Http.Responses.EventResponse), seen.Json);
            id = seen.Id!;
            Assert.Matches(@"^[0-9]{16}-[0-9a-f]{32}$", id);
        }

        await run.DoAsync(Take(Second));
        await run.DoAsync(Stored(2));
        using var again = await OpenAsync(run, id);
        Assert.True((await again.NextAsync("resumed")).Json.GetProperty("events").GetInt32() >= 1);
    }

    private static async Task<SseReader> OpenAsync(HostRun run, string? lastEventId)
    {
        var step = Get("/events/stream?type=$type&source=$source");
        return await SseReader.OfAsync(await run.SendAsync(lastEventId is null ? step : step.Header("Last-Event-ID", lastEventId)));
    }
}
