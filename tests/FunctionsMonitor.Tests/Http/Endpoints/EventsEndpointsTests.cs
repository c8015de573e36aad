using System.Net;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class EventsEndpointsTests
{
    [Fact]
    [Answers(202, "IngestEvents")]
    public async Task Events_are_acknowledged_with_the_segment_that_holds_them()
    {
        await using var monitor = await HttpMonitor.StartAsync();

        var answer = await monitor.IngestAsync($"[{monitor.Event()},{monitor.Event()}]");

        Assert.Equal(["accepted", "rejected", "segment_id", "errors"], answer.Members());
        Assert.Equal((2, 0, 0), (answer.Number("accepted"), answer.Number("rejected"), answer.Items("errors").Length));
        Assert.True(SegmentName.TryParse(Path.GetFileName(Assert.Single(monitor.SegmentFiles)), out var name));
        Assert.Equal((name.Id, 2), (answer.GetProperty("segment_id").GetGuid(), name.Count));
    }

    [Fact]
    public async Task Lines_of_ndjson_are_events_too()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/events", $"{monitor.Event()}\r\n\n{monitor.Event()}", "Application/X-NDJSON; charset=\"UTF-8\"");
        Assert.Equal(2, (await response.ReadJsonAsync(HttpStatusCode.Accepted)).Number("accepted"));
    }

    [Fact]
    public async Task Some_rejected_events_are_named_by_index_and_field_and_the_others_taken()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);

        var answer = await monitor.IngestAsync($$"""[{{monitor.Event()}},{"event_type":"x","source":"s","timestamp":"2026-11-24T12:00:00Z"},7]""");

        Assert.Equal((1, 2), (answer.Number("accepted"), answer.Number("rejected")));
        Assert.Equal(
            [("1", "data", "data_required"), ("2", null, "not_an_object")],
            answer.Items("errors").Select(error => (error.Text("index")!, error.Text("field"), error.Text("code")!)));
    }

    [Fact]
    public async Task No_more_than_100_errors_are_listed_and_the_answer_says_so()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var answer = await monitor.IngestAsync($"[{monitor.Event()},{string.Join(',', Enumerable.Repeat("7", 101))}]");
        Assert.Equal((101, 100), (answer.Number("rejected"), answer.Items("errors").Length));
        Assert.True(answer.GetProperty("errors_truncated").GetBoolean());
    }

    [Fact]
    [Answers(200, "ListEvents")]
    public async Task Stored_events_come_newest_first_with_their_bytes()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        const string Data = """{ "a" : 1,  "a":2, "z":"\u0000", "camelCase": 1e999 }""";
        var answer = await monitor.IngestAsync(
            $"[{monitor.Event("checkout.completed", newer, Data, "shop")},{monitor.Event("checkout.started", older, at: HttpMonitor.Start.AddSeconds(-1))}]");
        await monitor.FlushAsync();

        using var response = await monitor.GetAsync("/events");
        Assert.Contains($"\"data\":{Data},", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var page = await response.ReadJsonAsync(HttpStatusCode.OK);
        Assert.Equal(["items", "next_cursor"], page.Members());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, page.GetProperty("next_cursor").ValueKind);
        Assert.Equal([newer, older], page.Items().Select(item => item.GetProperty("event_id").GetGuid()));
        var first = page.Items()[0];
        Assert.Equal(
            ["event_id", "event_type", "timestamp", "source", "data", "received_at", "validation", "replayed", "segment_id"], first.Members());
        Assert.Equal(
            ("checkout.completed", "2026-11-24T12:00:00.000000Z", "shop", "2026-11-24T12:00:00.000000Z", "False", answer.Text("segment_id")),
            (first.Text("event_type"), first.Text("timestamp"), first.Text("source"), first.Text("received_at"), first.Text("replayed"), first.Text("segment_id")));
        var validation = first.GetProperty("validation");
        Assert.Equal(
            ("True", "True", 0, 0), (validation.Text("validated"), validation.Text("passed"), validation.Number("errors"), validation.Number("warnings")));
    }

    [Fact]
    public async Task A_marked_event_shows_what_was_wrong_with_it()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync("""{"event_type":"x","source":"s","timestamp":"2026-11-24T12:00:00"}""");
        await monitor.FlushAsync();

        var validation = (await monitor.ReadAsync("/events")).Items().Single().GetProperty("validation");
        Assert.Equal(("False", 1, 1), (validation.Text("passed"), validation.Number("errors"), validation.Number("warnings")));
        Assert.Equal(["timestamp_offset", "data_required"], validation.Items("issues").Select(issue => issue.Text("code")!));
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync($"""
            [{monitor.Event("a", source: "one")},{monitor.Event("b", source: "one")},{monitor.Event("b", source: "two")},
             {monitor.Event("c", at: HttpMonitor.Start.AddHours(-1))}]
            """);
        await monitor.FlushAsync();

        foreach (var (query, types) in ((string, string[])[])
        [
            ("type=a", ["a"]), ("source=one", ["a", "b"]), ("type=b&source=two", ["b"]), ("type=", ["a", "b", "b", "c"]), ("type=A", []),
            ("from=2026-11-24T12:00:00Z", ["a", "b", "b"]), ("to=2026-11-24T12:00:00Z", ["c"]), ("from=2026-11-24T13:00:00%2B02:00&to=2026-11-24T12:00:00Z", ["c"]),
        ])
        {
            Assert.Equal(types, (await monitor.ReadAsync("/events?" + query)).Items().Select(item => item.Text("event_type")).Order());
        }
    }

    [Fact]
    [Answers(400, "IngestEvents")]
    public async Task A_body_that_is_no_json_is_a_400_that_says_where()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/events", $"[{monitor.Event()},{{\"a\":]");

        var problem = await response.ReadProblemAsync(ProblemTypes.MalformedJson);
        Assert.Equal((1, monitor.Event().Length + 7), (problem.Number("index"), problem.Number("offset")));
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    [Answers(413, "IngestEvents")]
    public async Task A_body_over_the_limit_is_a_413()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/events", new byte[(4 * 1024 * 1024) + 1]);
        Assert.Contains("4194304", (await response.ReadProblemAsync(ProblemTypes.BodyTooLarge)).Text("detail"), StringComparison.Ordinal);
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("text/plain", "application/json", "content-type")]
    [InlineData("application/jsonx", "application/json", "content-type")]
    [InlineData("application/x-www-form-urlencoded", "application/json", "content-type")]
    [InlineData("nonsense", "application/json", "content-type")]
    [InlineData("", "application/json", "content-type")]
    [InlineData(null, "no content type", "content-type")]
    [InlineData("application/json; charset=latin1", "utf-8", "content-type")]
    [InlineData("application/x-ndjson; charset=utf-16", "utf-8", "content-type")]
    [Answers(415, "IngestEvents")]
    public async Task Another_content_type_or_charset_is_a_415_that_lists_what_is_supported(string? contentType, string said, string field)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/events", System.Text.Encoding.UTF8.GetBytes(monitor.Event()), contentType);

        var problem = await response.ReadProblemAsync(ProblemTypes.UnsupportedMediaType);
        Assert.Contains(said, problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(field, problem.Text("field"), ignoreCase: true);
        Assert.Equal(["application/json", "application/x-ndjson", "application/cloudevents+json", "application/cloudevents-batch+json"], problem.Items("known").Select(known => known.GetString()!));
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    public async Task Another_encoding_is_a_415_that_lists_what_is_supported(string encoding)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var content = new StringContent(monitor.Event(), null, "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var response = await monitor.PostAsync("/events", content);

        var problem = await response.ReadProblemAsync(ProblemTypes.UnsupportedEncoding);
        Assert.Equal("content-encoding", problem.Text("field"), ignoreCase: true);
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    [Answers(422, "IngestEvents")]
    public async Task A_body_whose_every_event_is_rejected_is_a_422_with_the_reasons()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        using var response = await monitor.PostAsync("/events", """[{"event_type":"","source":"s","timestamp":"2026-11-24T12:00:00Z","data":{}},"text"]""");

        var problem = await response.ReadProblemAsync(ProblemTypes.AllRejected);
        Assert.Equal(("event_type", 0), (problem.Text("field"), problem.Number("index")));
        Assert.Equal(
            [(0, "event_type_invalid"), (1, "not_an_object")], problem.Items("errors").Select(error => ((int)error.Number("index"), error.Text("code")!)));
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    [Answers(429, "IngestEvents")]
    public async Task Over_the_cap_events_are_refused_until_a_flush_has_drained_the_buffer()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Buffering:MaxAge"] = "00:01:00" });
        await monitor.IngestAsync(monitor.Event());
        monitor.Time.Advance(TimeSpan.FromMinutes(2));
        await monitor.Get<BufferDepthMonitor>().MeasureAsync(TestContext.Current.CancellationToken);

        using var refused = await monitor.PostAsync("/events", monitor.Event());
        await refused.ReadRetryableAsync(ProblemTypes.BufferFull);
        Assert.Single(monitor.SegmentFiles);

        await monitor.FlushAsync();
        await monitor.IngestAsync(monitor.Event());
    }

    [Fact]
    [Answers(503, "IngestEvents")]
    public async Task A_segment_store_that_cannot_be_written_is_a_503_that_ends_with_its_cause()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        monitor.BreakSegmentStore();

        using (var refused = await monitor.PostAsync("/events", monitor.Event()))
            Assert.Equal("buffer_unavailable", (await refused.ReadRetryableAsync(ProblemTypes.BufferUnavailable)).Text("code"));

        monitor.HealSegmentStore();
        await monitor.IngestAsync(monitor.Event());
        Assert.Equal(2, (await monitor.FlushAsync()).Number("stored"));
        Assert.True((await monitor.ReadAsync("/metrics/ledger")).GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public async Task A_write_whose_outcome_nobody_knows_is_a_503_that_says_so()
    {
        var store = new MemorySegmentStore();
        await using var monitor = await HttpMonitor.StartAsync(services => services.AddSingleton<ISegmentStore>(store));
        store.AfterPut = _ => throw new SegmentStoreException(SegmentStoreFault.Unknown, "The answer was lost.");
        store.ConfirmFailure = new SegmentStoreException(SegmentStoreFault.Unknown, "Nor can it be read.");

        using var refused = await monitor.PostAsync("/events", monitor.Event());

        Assert.Equal("outcome_unknown", (await refused.ReadRetryableAsync(ProblemTypes.BufferUnavailable)).Text("code"));
    }

    [Fact]
    public async Task A_write_that_takes_too_long_is_a_503_that_says_that_nobody_knows()
    {
        var store = new MemorySegmentStore();
        await using var monitor = await HttpMonitor.StartAsync(services => services.AddSingleton<ISegmentStore>(store));
        var release = new TaskCompletionSource();
        store.OnPut = _ => release.Task;

        using var refused = await monitor.PostAsync("/events", monitor.Event()).AdvancingAsync(monitor.Time, TimeSpan.FromSeconds(1));

        Assert.Equal("outcome_unknown", (await refused.ReadRetryableAsync(ProblemTypes.BufferUnavailable)).Text("code"));
        release.SetResult();
    }
}
