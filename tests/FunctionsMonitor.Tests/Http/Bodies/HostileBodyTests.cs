using System.Net;
using System.Text;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Bodies;

public sealed class HostileBodyTests
{
    private const string Json = "application/json";
    private const string NdJson = "application/x-ndjson";

    /// <summary>A body (each character a byte), its content type, and the kind of problem it is answered with.</summary>
    public static TheoryData<string, string, string> Wrong { get; } = new()
    {
        { "", Json, "empty-body" },
        { " \r\n\t ", Json, "empty-body" },
        { "[]", Json, "empty-body" },
        { "\u00EF\u00BB\u00BF", Json, "empty-body" },
        { "", NdJson, "empty-body" },
        { "\r\n \n\n", NdJson, "empty-body" },
        { "{}{}", Json, "malformed-json" },
        { "{} x", Json, "malformed-json" },
        { "[{}]]", Json, "malformed-json" },
        { "[{},]", Json, "malformed-json" },
        { "[,{}]", Json, "malformed-json" },
        { "[{}{}]", Json, "malformed-json" },
        { "{'a':1}", Json, "malformed-json" },
        { "{a:1}", Json, "malformed-json" },
        { "{/* no */}", Json, "malformed-json" },
        { """{"data":{"n":NaN}}""", Json, "malformed-json" },
        { """{"data":{"n":01}}""", Json, "malformed-json" },
        { """{"data":{"n":1.}}""", Json, "malformed-json" },
        { """{"data":{"n":+1}}""", Json, "malformed-json" },
        { """{"data":{"s":"\x"}}""", Json, "malformed-json" },
        { "{\"data\":{\"s\":\"a\nb\"}}", Json, "malformed-json" },
        { "\0\0\0\0", Json, "malformed-json" },
        { "{}\0", Json, "malformed-json" },
        { "{\"data\":{\"s\":\"a\0b\"}}", Json, "malformed-json" },
        { "{\"a\0\":1}", NdJson, "malformed-json" },
        { "\u00EF\u00BB\u00BF\u00EF\u00BB\u00BF{}", Json, "malformed-json" },
        { "\u00FE\u00FF\0{\0}", Json, "malformed-json" },
        { "{\0}\0", Json, "malformed-json" },
        { "<event/>", Json, "malformed-json" },
        { "{\n}", NdJson, "malformed-json" },
        { "{}\r{}", NdJson, "malformed-json" },
        { "{},\n{}", NdJson, "malformed-json" },
        { "{}\n{", NdJson, "malformed-json" },
        { "{\"data\":{\"s\":\"\u00FF\"}}", Json, "invalid-utf8" },
        { "{\"data\":{\"s\":\"\u00C0\u0080\"}}", Json, "invalid-utf8" },
        { "{\"data\":{\"s\":\"\u00ED\u00A0\u0080\"}}", Json, "invalid-utf8" },
        { "{\"data\":{\"s\":\"\u00F4\u0090\u0080\u0080\"}}", Json, "invalid-utf8" },
        { "{\"data\":{\"\u00E2\u0082\":1}}", Json, "invalid-utf8" },
        { "{}\n{\"data\":{\"s\":\"\u00FF\"}}", NdJson, "invalid-utf8" },
        { Nested(33), Json, "too-deep" },
        { $"[{{}},{Nested(33)}]", Json, "too-deep" },
        { $"{{}}\n{Nested(33)}", NdJson, "too-deep" },
        { new string('[', 100_000), Json, "too-deep" },
        { string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), Json, "too-deep" },
        { string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), NdJson, "too-deep" },
        { "7", Json, "all-rejected" },
        { "null", Json, "all-rejected" },
        { "\"text\"", Json, "all-rejected" },
        { "[[{}]]", Json, "all-rejected" },
        { "true\nfalse", NdJson, "all-rejected" },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Wrong))]
    public async Task A_body_that_is_not_what_it_says_is_a_clear_4xx_and_nothing_of_it_is_kept(string body, string contentType, string type)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/events", Encoding.Latin1.GetBytes(body), contentType);

        var problem = await response.ReadProblemAsync(ProblemTypes.All.Single(known => known.Code == type));

        Assert.InRange(problem.Text("detail")!.Length, 1, 300);
        Assert.Equal(type is not "empty-body", problem.TryGetProperty("index", out _));
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData(Json, "[", ",", "]")]
    [InlineData(NdJson, "", "\n", "")]
    public async Task Cut_off_at_any_byte_a_body_is_a_400_or_whole(string contentType, string head, string separator, string tail)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var item = """{"event_type":"é","data":{"n":[1.5e3,true,null,"\u00e9\\"]}}""";
        var body = Encoding.UTF8.GetBytes($"{head}{item}{separator}{item}{tail}");
        var first = Encoding.UTF8.GetByteCount(item);
        for (var length = 0; length < body.Length; length++)
        {
            // A body of lines may end after a line, with its line break or without: nobody can see that more was meant.
            if (contentType == NdJson && (length == first || length == first + 1))
                continue;

            using var response = await monitor.PostAsync("/events", body[..length], contentType);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{(int)response.StatusCode} for the first {length} bytes.");
        }

        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[7,")]
    [InlineData("7")]
    [InlineData("")]
    public async Task A_refused_body_does_not_cost_its_sender_the_connection(string body)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var connection = await RawConnection.OpenAsync(monitor);
        await connection.SendAsync(
            $"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await monitor.AnsweredAsync(1);
        await connection.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Contains("""{"status":"healthy"}""", (await connection.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_odd_but_JSON_is_kept_to_the_byte()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var data in (string[])
        [
            """{"n":1e999999999}""", $$"""{"n":-{{new string('9', 100_000)}}.{{new string('9', 100)}}E-400}""", """{"n":-0,"n":-0.0,"n":"last"}""",
            """{"":"","\u0000":"\u0000","\ud800":"\udfff"}""", """{ "sp" :	[ ] , "e":"💩é" }""", "{\"x\":\"\u007F\u0085\u2028\"}", Nested(31),
        ])
        {
            var id = Guid.NewGuid();
            await monitor.IngestAsync(monitor.Event(id: id, data: data));
            await monitor.FlushAsync();
            using var response = await monitor.GetAsync("/events?limit=1000");
            Assert.Contains($"\"data\":{data},", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_an_envelope_cannot_hold_is_marked_and_its_original_kept()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var (member, code) in ((string, string)[])
        [
            ("""
             "timestamp":1e999
             """, "timestamp_format"),
            ("\"timestamp\":\"99999-01-01T00:00:00Z\"", "timestamp_format"), ("\"timestamp\":\"9999-12-31T23:59:59Z\"", "timestamp_range"),
            ("\"event_type\":\"a\\u0000b\"", "event_type_invalid"), ("\"event_type\":\"\\ud800\"", "event_type_invalid"),
            ($"\"event_type\":\"{new string('x', 51)}\"", "event_type_invalid"), ($"\"source\":\"{new string('x', 101)}\"", "source_invalid"),
            ("\"event_id\":\"00000000-0000-0000-0000-000000000000\"", "event_id_format"), ("\"event_id\":[[]]", "event_id_format"),
            ("\"metadata\":7", "metadata_type"), ("\"data\":\"x\"", "data_type"),
        ])
        {
            monitor.Time.Advance(TimeSpan.FromSeconds(1));
            await monitor.IngestAsync("{" + member + "}");
            await monitor.FlushAsync();
            var stored = (await monitor.ReadAsync("/events?limit=1")).Items().Single();
            Assert.Contains(code, stored.GetProperty("validation").Items("issues").Select(issue => issue.Text("code")));
            Assert.Equal("False", stored.GetProperty("validation").Text("passed"));
        }
    }

    [Fact]
    public async Task Of_a_member_given_twice_the_last_counts_and_the_event_is_marked()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync("""{"source":"a","source":"b","event_type":"x","timestamp":"2026-11-24T12:00:00Z","data":{}}""");
        await monitor.FlushAsync();
        var stored = (await monitor.ReadAsync("/events")).Items().Single();
        Assert.Equal("b", stored.Text("source"));
        Assert.NotEmpty(stored.GetProperty("validation").Items("issues"));
    }

    [Fact]
    public async Task A_byte_order_mark_before_JSON_is_passed_over()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/events", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(monitor.Event())]);
        Assert.Equal(1, (await response.ReadJsonAsync(HttpStatusCode.Accepted)).Number("accepted"));
    }

    [Fact]
    public async Task A_body_a_little_over_the_limit_is_a_413_with_a_length_and_without_and_the_connection_stays()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var body = Encoding.UTF8.GetBytes(monitor.Event(data: $$"""{"s":"{{new string('x', 4 * 1024 * 1024)}}"}"""));
        foreach (var content in (HttpContent[])
        [
            new ByteArrayContent(body) { Headers = { { "Content-Type", Json } } }, new ChunkedContent(Json, body.Chunk(64 * 1024)),
            new ChunkedContent(NdJson, body.Chunk(64 * 1024)),
        ])
        {
            using var response = await monitor.PostAsync("/events", content);
            await response.ReadProblemAsync(ProblemTypes.BodyTooLarge);
            Assert.NotEqual(true, response.Headers.ConnectionClose);
        }

        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    [Answers(413, "IngestEvents")]
    public async Task A_string_of_10_MB_is_refused_before_it_is_sent_where_the_sender_asks()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var body = Encoding.UTF8.GetBytes(monitor.Event(data: $$"""{"s":"{{new string('x', 10_000_000)}}"}"""));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", Json);
        request.Headers.ExpectContinue = true;
        using var response = await monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.ReadProblemAsync(ProblemTypes.BodyTooLarge);
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    [Answers(413, "IngestEvents")]
    public async Task A_string_of_10_MB_of_unknown_length_is_left_at_the_limit()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var body = Encoding.UTF8.GetBytes(monitor.Event(data: $$"""{"s":"{{new string('x', 10_000_000)}}"}"""));
        using var response = await monitor.PostAsync("/events", new ChunkedContent(Json, body.Chunk(64 * 1024)));
        await response.ReadProblemAsync(ProblemTypes.BodyTooLarge);
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    public async Task An_event_has_at_most_256_KiB_and_a_larger_one_is_rejected_by_index()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var empty = Encoding.UTF8.GetByteCount(monitor.Event(data: """{"s":""}"""));
        string OfSize(int bytes) => monitor.Event(data: $$"""{"s":"{{new string('x', bytes - empty)}}"}""");

        var answer = await monitor.IngestAsync($"[{OfSize(256 * 1024)},{OfSize((256 * 1024) + 1)}]");

        Assert.Equal(1, answer.Number("accepted"));
        var error = Assert.Single(answer.Items("errors"));
        Assert.Equal(("1", "event_too_large"), (error.Text("index"), error.Text("code")));
        using var alone = await monitor.PostAsync("/events", OfSize(3 * 1024 * 1024), NdJson);
        Assert.Equal("event_too_large", (await alone.ReadProblemAsync(ProblemTypes.AllRejected)).Items("errors").Single().Text("code"));
    }

    [Theory]
    [InlineData(Json, "[7", ",7", "]")]
    [InlineData(NdJson, "7", "\n7", "")]
    public async Task A_body_has_at_most_100000_events(string contentType, string head, string next, string tail)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        string Events(int count) => head + string.Concat(Enumerable.Repeat(next, count - 1)) + tail;

        using (var most = await monitor.PostAsync("/events", Events(100_000), contentType))
            Assert.Contains("100000", (await most.ReadProblemAsync(ProblemTypes.AllRejected)).Text("detail"), StringComparison.Ordinal);
        using (var tooMany = await monitor.PostAsync("/events", Events(100_001), contentType))
            await tooMany.ReadProblemAsync(ProblemTypes.TooManyEvents);
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task However_a_chunked_body_is_cut_its_events_are_the_same(int size)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        string[] items = [monitor.Event(data: """{"s":"é💩\u00e9"}"""), monitor.Event(), monitor.Event()];
        using (var array = await monitor.PostAsync("/events", new ChunkedContent(Json, Encoding.UTF8.GetBytes($" [ {items[0]} , {items[1]} ] \n").Chunk(size))))
            Assert.Equal(2, (await array.ReadJsonAsync(HttpStatusCode.Accepted)).Number("accepted"));
        using (var lines = await monitor.PostAsync("/events", new ChunkedContent(NdJson, Encoding.UTF8.GetBytes(string.Join("\r\n", items)).Chunk(size))))
            Assert.Equal(3, (await lines.ReadJsonAsync(HttpStatusCode.Accepted)).Number("accepted"));

        var report = await monitor.FlushAsync();
        Assert.Equal((3, 2), (report.Number("stored"), report.Number("duplicates")));
    }

    /// <summary>An object with this many levels, itself included.</summary>
    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("{\"a\":", levels - 1)) + "{}" + new string('}', levels - 1);
}
