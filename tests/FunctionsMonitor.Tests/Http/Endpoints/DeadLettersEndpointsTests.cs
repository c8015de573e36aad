using System.Net;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class DeadLettersEndpointsTests
{
    private const string Unknown = "00000000000000000000000000000001-0";

    [Fact]
    [Answers(200, "ListDeadLetters", "GetDeadLetter", "ReplayDeadLetters")]
    [Answers(202, "ReplayDeadLetter")]
    [Answers(204, "DiscardDeadLetter")]
    public async Task A_conflict_is_listed_shown_replayed_twice_without_harm_replayed_by_filter_and_discarded()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var id = await monitor.MakeDeadLetterAsync("orders");

        var list = await monitor.ReadAsync("/dead-letters");
        Assert.Equal(["items", "total", "by_reason", "next_cursor"], list.Members());
        Assert.Equal((1, 1), (list.Number("total"), list.GetProperty("by_reason").Number("conflict")));
        var summary = Assert.Single(list.Items());
        Assert.Equal(["id", "reason", "detail", "died_at", "replays", "event_id", "event_type", "timestamp", "source"], summary.Members());
        Assert.Equal(
            (id, "conflict", "orders", "tests", 0),
            (summary.Text("id"), summary.Text("reason"), summary.Text("event_type"), summary.Text("source"), summary.Number("replays")));

        var letter = await monitor.ReadAsync($"/dead-letters/{id}");
        Assert.Equal(["id", "reason", "detail", "died_at", "replays", "event"], letter.Members());
        Assert.Equal("""{"v":2}""", letter.GetProperty("event").GetProperty("data").GetRawText());
        Assert.Equal(summary.Text("event_id"), letter.GetProperty("event").Text("event_id"));

        // The stored event is still in the way: each replay ends where it began, as one more conflict and never as a second event.
        for (var replays = 1; replays <= 2; replays++)
        {
            monitor.Time.Advance(TimeSpan.FromSeconds(1));
            using var replayed = await monitor.PostAsync($"/dead-letters/{id}/replay");
            var answer = await replayed.ReadJsonAsync(HttpStatusCode.Accepted);
            Assert.Equal(["id", "segment_id"], answer.Members());
            Assert.True(SegmentName.TryParse(Path.GetFileName(Assert.Single(monitor.SegmentFiles)), out var segment));
            Assert.Equal((id, segment.Id), (answer.Text("id"), answer.GetProperty("segment_id").GetGuid()));
            var marked = await monitor.ReadAsync($"/dead-letters/{id}");
            Assert.Equal((replays, true), (marked.Number("replays"), marked.TryGetProperty("replayed_at", out _)));
            await monitor.FlushAsync();
            Assert.Equal("""{"v":1}""", Assert.Single((await monitor.ReadAsync("/events")).Items()).GetProperty("data").GetRawText());
        }

        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        using (var preview = await monitor.PostAsync("/dead-letters/replay", """{"reason":"conflict","dry_run":true}"""))
        {
            var report = await preview.ReadJsonAsync(HttpStatusCode.OK);
            Assert.Equal(["dry_run", "matched", "by_reason", "replayed", "rejected", "remaining"], report.Members());
            Assert.Equal(("True", 2, 0, 2), (report.Text("dry_run"), report.Number("matched"), report.Number("replayed"), report.Number("remaining")));
            Assert.Empty(monitor.SegmentFiles);
        }

        using (var replay = await monitor.PostAsync("/dead-letters/replay", """{"reason":"conflict","type":"orders","limit":1}"""))
        {
            var report = await replay.ReadJsonAsync(HttpStatusCode.OK);
            Assert.Equal((2, 1, 0, 1), (report.Number("matched"), report.Number("replayed"), report.Number("rejected"), report.Number("remaining")));
            Assert.Single(monitor.SegmentFiles);
        }

        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        using (var discarded = await monitor.Client.DeleteAsync($"/dead-letters/{id}", TestContext.Current.CancellationToken))
            Assert.Equal((HttpStatusCode.NoContent, ""), (discarded.StatusCode, await discarded.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        using (var gone = await monitor.GetAsync($"/dead-letters/{id}"))
            await gone.ReadProblemAsync(ProblemTypes.NotFound);

        var operations = (await monitor.ReadAsync("/operations")).Items().Where(entry => entry.Text("action") != "flush").ToList();
        Assert.Equal(
            [("discard", id, "discarded"), ("replay", "dead letters with reason=conflict, type=orders, limit=1", "1 replayed, 0 refused, 1 remaining")],
            operations.Take(2).Select(entry => (entry.Text("action")!, entry.Text("target")!, entry.Text("outcome")!)));
        Assert.Equal([id, id], operations.Skip(2).Select(entry => entry.Text("target")!));
        Assert.All(operations.Skip(2), entry => Assert.StartsWith("replayed into segment ", entry.Text("outcome"), StringComparison.Ordinal));
        Assert.True((await monitor.ReadAsync("/metrics/ledger")).GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public async Task Filters_narrow_the_list_its_counts_and_what_is_replayed()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.MakeDeadLetterAsync("orders");
        monitor.Time.Advance(TimeSpan.FromHours(1));
        await monitor.MakeDeadLetterAsync("logins");
        var replayed = (await monitor.ReadAsync("/dead-letters?type=logins")).Items().Single().Text("id");
        using (var replay = await monitor.PostAsync($"/dead-letters/{replayed}/replay"))
            await replay.ReadJsonAsync(HttpStatusCode.Accepted);

        foreach (var (query, types) in ((string, string[])[])
        [
            ("", ["orders", "logins"]), ("type=orders", ["orders"]), ("reason=conflict", ["orders", "logins"]), ("reason=other", []),
            ("source=tests", ["orders", "logins"]), ("source=nobody", []), ("from=2026-11-24T12:30:00Z", ["logins"]), ("to=2026-11-24T12:30:00Z", ["orders"]),
            ("replayed=true", ["logins"]), ("replayed=false", ["orders"]),
        ])
        {
            var list = await monitor.ReadAsync("/dead-letters?" + query);
            Assert.Equal(types, list.Items().Select(item => item.Text("event_type")!));
            Assert.Equal(types.Length, list.Number("total"));
        }

        foreach (var (body, matched) in ((string, int)[])
        [
            ("""{"all":true,"dry_run":true}""", 1), ("""{"all":true,"replayed":true,"dry_run":true}""", 1), ("""{"type":"logins","dry_run":true}""", 0),
            ("""{"from":"2026-11-24T12:00:00Z","to":"2026-11-24T12:30:00Z","dry_run":true}""", 1), ("""{"source":"nobody","dry_run":true}""", 0),
        ])
        {
            using var response = await monitor.PostAsync("/dead-letters/replay", body);
            Assert.Equal(matched, (await response.ReadJsonAsync(HttpStatusCode.OK)).Number("matched"));
        }
    }

    [Fact]
    [Answers(404, "GetDeadLetter", "ReplayDeadLetter", "DiscardDeadLetter")]
    public async Task One_that_is_not_there_is_a_404_and_nothing_is_recorded()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var (method, path) in ((HttpMethod, string)[])
            [(HttpMethod.Get, $"/dead-letters/{Unknown}"), (HttpMethod.Post, $"/dead-letters/{Unknown}/replay"), (HttpMethod.Delete, $"/dead-letters/{Unknown}")])
        {
            using var response = await monitor.Client.SendAsync(new HttpRequestMessage(method, path), TestContext.Current.CancellationToken);
            var problem = await response.ReadProblemAsync(ProblemTypes.NotFound);
            Assert.Equal("id", problem.Text("field"));
            Assert.Contains(Unknown, problem.Text("detail"), StringComparison.Ordinal);
        }

        Assert.Empty((await monitor.ReadAsync("/operations")).Items());
    }

    [Fact]
    [Answers(400, "GetDeadLetter", "ReplayDeadLetter", "DiscardDeadLetter")]
    public async Task An_id_that_cannot_be_one_is_a_400_that_names_it()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var id in (string[])
        [
            "1", "0", "replay%20", "..%2F..%2Fstate", "00000000000000000000000000000001", "00000000000000000000000000000001-",
            "00000000000000000000000000000001--1", "00000000000000000000000000000001-99999999999", "00000000000000000000000000000001-1%2Freplay",
            "0000000000000000000000000000000g-1", "%F0%9F%92%A9", "%ff%fe", new string('a', 4000), $"{new string('a', 63)}%F0%9F%92%A9",
        ])
        {
            foreach (var (method, path) in ((HttpMethod, string)[])
                [(HttpMethod.Get, $"/dead-letters/{id}"), (HttpMethod.Post, $"/dead-letters/{id}/replay"), (HttpMethod.Delete, $"/dead-letters/{id}")])
            {
                using var response = await monitor.Client.SendAsync(new HttpRequestMessage(method, path), TestContext.Current.CancellationToken);
                var problem = await response.ReadProblemAsync(ProblemTypes.InvalidParameter);
                Assert.Equal("id", problem.Text("field"));
                Assert.InRange(problem.Text("detail")!.Length, 1, 250);
            }
        }
    }

    [Fact]
    [Answers(409, "ReplayDeadLetter", "ReplayDeadLetters")]
    public async Task What_is_being_replayed_is_not_replayed_at_the_same_time()
    {
        var store = new MemorySegmentStore();
        await using var monitor = await HttpMonitor.StartAsync(services => services.AddSingleton<ISegmentStore>(store));
        var id = await monitor.MakeDeadLetterAsync();

        foreach (var (path, body) in ((string, string)[])[($"/dead-letters/{id}/replay", ""), ("/dead-letters/replay", """{"all":true}""")])
        {
            var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
            store.OnPut = _ =>
            {
                entered.TrySetResult();
                return release.Task;
            };
            // Only those that were never replayed are taken by a filter, unless it says otherwise.
            var request = body.Length == 0 ? body : """{"all":true,"replayed":true}""";
            var running = monitor.PostAsync(path, request);
            await entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

            using var refused = await monitor.PostAsync(path, request);
            await refused.ReadProblemAsync(ProblemTypes.ReplayInProgress);
            release.SetResult();

            using var done = await running;
            Assert.True(done.IsSuccessStatusCode);
        }
    }

    [Fact]
    [Answers(422, "ReplayDeadLetter")]
    public async Task One_that_is_invalid_while_validation_is_strict_is_refused_with_the_reason()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var id = Guid.NewGuid();
        await monitor.IngestAsync(monitor.Event(id: id, data: "[1]"));
        await monitor.IngestAsync(monitor.Event(id: id, data: "[2]"));
        await monitor.FlushAsync();
        var letter = (await monitor.ReadAsync("/dead-letters")).Items().Single().Text("id");
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);

        using var refused = await monitor.PostAsync($"/dead-letters/{letter}/replay");

        var problem = await refused.ReadProblemAsync(ProblemTypes.ReplayRefused);
        Assert.Equal(("id", "data must be an object."), (problem.Text("field"), problem.Text("detail")));
        Assert.Empty(monitor.SegmentFiles);
        using var byFilter = await monitor.PostAsync("/dead-letters/replay", """{"all":true}""");
        var report = await byFilter.ReadJsonAsync(HttpStatusCode.OK);
        Assert.Equal((0, 1), (report.Number("replayed"), report.Number("rejected")));
    }

    [Fact]
    [Answers(429, "ReplayDeadLetter", "ReplayDeadLetters")]
    public async Task Nothing_is_replayed_into_a_buffer_that_is_over_its_cap()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Buffering:MaxAge"] = "00:01:00" });
        var id = await monitor.MakeDeadLetterAsync();
        await monitor.IngestAsync(monitor.Event());
        monitor.Time.Advance(TimeSpan.FromMinutes(2));
        await monitor.Get<BufferDepthMonitor>().MeasureAsync(TestContext.Current.CancellationToken);

        using var one = await monitor.PostAsync($"/dead-letters/{id}/replay");
        await one.ReadRetryableAsync(ProblemTypes.BufferFull);
        using var byFilter = await monitor.PostAsync("/dead-letters/replay", """{"all":true}""");
        await byFilter.ReadRetryableAsync(ProblemTypes.BufferFull);

        Assert.Equal(0, (await monitor.ReadAsync($"/dead-letters/{id}")).Number("replays"));
    }

    [Fact]
    [Answers(503, "ReplayDeadLetter", "ReplayDeadLetters")]
    public async Task A_replay_that_cannot_be_made_durable_is_a_503_and_the_letter_is_not_marked()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var id = await monitor.MakeDeadLetterAsync();
        monitor.BreakSegmentStore();

        using (var one = await monitor.PostAsync($"/dead-letters/{id}/replay"))
            Assert.Equal("buffer_unavailable", (await one.ReadRetryableAsync(ProblemTypes.BufferUnavailable)).Text("code"));
        using (var byFilter = await monitor.PostAsync("/dead-letters/replay", """{"all":true}"""))
            await byFilter.ReadRetryableAsync(ProblemTypes.BufferUnavailable);

        Assert.Equal(0, (await monitor.ReadAsync($"/dead-letters/{id}")).Number("replays"));
        Assert.Equal(2, (await monitor.ReadAsync("/operations")).Items().Count(entry => entry.Text("outcome")!.StartsWith("failed: ", StringComparison.Ordinal)));
        monitor.HealSegmentStore();
        using var again = await monitor.PostAsync($"/dead-letters/{id}/replay");
        await again.ReadJsonAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    [Answers(200, "GetReplay")]
    [Answers(202, "CancelReplay")]
    [Answers(404, "CancelReplay")]
    public async Task A_replay_by_filter_can_be_watched_and_ended_and_the_log_has_its_counts()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.MakeDeadLetterAsync();
        await monitor.MakeDeadLetterAsync();
        Assert.Equal(["instance", "since"], (await monitor.ReadAsync("/dead-letters/replay")).Members());
        using (var none = await DeleteAsync())
            await none.ReadProblemAsync(ProblemTypes.NotFound);

        using (await monitor.PostAsync("/breakers/metrics-store/isolate"))
        {
        }

        var running = monitor.PostAsync("/dead-letters/replay", """{"reason":"conflict","rate_per_second":10}""");
        await Eventually.TrueAsync(async () =>
            (await monitor.ReadAsync("/dead-letters/replay")).TryGetProperty("replay", out var started) && started.Text("state") == "waiting");
        var replay = (await monitor.ReadAsync("/dead-letters/replay")).GetProperty("replay");
        Assert.Equal(
            ["replay_id", "target", "state", "cause", "started_at", "limit", "rate_per_second", "matched", "replayed", "rejected", "remaining"],
            replay.Members());
        Assert.Equal((2, 0, 2), (replay.Number("matched"), replay.Number("replayed"), replay.Number("remaining")));
        Assert.Contains("metrics-store", replay.Text("cause"), StringComparison.Ordinal);
        Assert.Contains("reason=conflict", replay.Text("target"), StringComparison.Ordinal);

        using (var cancelled = await DeleteAsync())
            Assert.Equal(replay.Text("replay_id"), (await cancelled.ReadJsonAsync(HttpStatusCode.Accepted)).Text("replay_id"));
        using var answer = await running;
        var report = await answer.ReadJsonAsync(HttpStatusCode.OK);
        Assert.Equal(("cancelled", 0, 2), (report.Text("stopped_by"), report.Number("replayed"), report.Number("remaining")));
        Assert.Equal("stopped", (await monitor.ReadAsync("/dead-letters/replay")).GetProperty("replay").Text("state"));

        var log = (await monitor.ReadAsync("/operations")).Items();
        Assert.Single(log, entry => entry.Text("action") == "cancel-replay");
        Assert.Equal(
            "0 replayed, 0 refused, 2 remaining, stopped by cancelled", Assert.Single(log, entry => entry.Text("action") == "replay").Text("outcome"));

        Task<HttpResponseMessage> DeleteAsync() => monitor.Client.DeleteAsync("/dead-letters/replay", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_log_has_how_far_a_replay_came_that_failed()
    {
        var store = new MemorySegmentStore();
        await using var monitor = await HttpMonitor.StartAsync(services => services.AddSingleton<ISegmentStore>(store));
        await monitor.MakeDeadLetterAsync();
        await monitor.MakeDeadLetterAsync();
        var writes = 0;
        store.OnPut = _ => ++writes == 2 ? throw new SegmentStoreException(SegmentStoreFault.NotWritten, "full") : Task.CompletedTask;

        using var failed = await monitor.PostAsync("/dead-letters/replay", """{"all":true}""").AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(5));
        await failed.ReadRetryableAsync(ProblemTypes.BufferUnavailable);
        Assert.Equal("failed: full (after 1 replayed, 0 refused)", Assert.Single((await monitor.ReadAsync("/operations")).Items(), entry => entry.Text("action") == "replay").Text("outcome"));
    }
}
