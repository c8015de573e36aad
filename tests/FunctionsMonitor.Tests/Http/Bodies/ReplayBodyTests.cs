using System.Text;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Bodies;

public sealed class ReplayBodyTests
{
    /// <summary>A body, the kind of problem it is answered with, and the member that the answer names.</summary>
    public static TheoryData<string, string, string?> Wrong { get; } = new()
    {
        { "", "empty-body", null },
        { "   \n", "malformed-json", null },
        { "{", "malformed-json", null },
        { """{"all":true}{}""", "malformed-json", null },
        { """{"all":true,}""", "malformed-json", null },
        { "[]", "malformed-json", null },
        { "null", "malformed-json", null },
        { """[[[[[[]]]]]]""", "malformed-json", null },
        { "{\"reason\":\"a\0b\"}", "malformed-json", null },
        { "{}", "invalid-parameter", "all" },
        { """{"all":false}""", "invalid-parameter", "all" },
        { """{"replayed":true}""", "invalid-parameter", "all" },
        { """{"all":true,"reason":"conflict"}""", "invalid-parameter", "all" },
        { """{"all":1}""", "invalid-parameter", "all" },
        { """{"all":null}""", "invalid-parameter", "all" },
        { """{"all":true,"all":true}""", "invalid-parameter", "all" },
        { """{"reason":""}""", "invalid-parameter", "reason" },
        { """{"reason":7}""", "invalid-parameter", "reason" },
        { """{"reason":"a\u0000b"}""", "invalid-parameter", "reason" },
        { """{"type":{"a":1}}""", "invalid-parameter", "type" },
        { """{"source":"\ud800"}""", "invalid-utf8", "source" },
        { """{"from":"yesterday"}""", "invalid-parameter", "from" },
        { """{"from":1764000000}""", "invalid-parameter", "from" },
        { """{"from":"2026-11-25T00:00:00Z","to":"2026-11-24T00:00:00Z"}""", "invalid-parameter", "from" },
        { """{"all":true,"replayed":"yes"}""", "invalid-parameter", "replayed" },
        { """{"all":true,"dry_run":null}""", "invalid-parameter", "dry_run" },
        { """{"all":true,"limit":0}""", "invalid-parameter", "limit" },
        { """{"all":true,"limit":-1}""", "invalid-parameter", "limit" },
        { """{"all":true,"limit":10001}""", "invalid-parameter", "limit" },
        { """{"all":true,"limit":1e400}""", "invalid-parameter", "limit" },
        { """{"all":true,"limit":1.5}""", "invalid-parameter", "limit" },
        { """{"all":true,"limit":"5"}""", "invalid-parameter", "limit" },
        { """{"all":true,"rate_per_second":10001}""", "invalid-parameter", "rate_per_second" },
        { """{"all":true,"limit":201,"rate_per_second":1}""", "invalid-parameter", "rate_per_second" },
        { """{"all":true,"resaon":"conflict"}""", "unknown-parameter", "resaon" },
        { """{"ALL":true}""", "unknown-parameter", "ALL" },
        { """{"":true}""", "unknown-parameter", "" },
        { """{"\u0000":true}""", "unknown-parameter", "\0" },
        { """{"\ud800":true}""", "invalid-utf8", null },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    [Answers(400, "ReplayDeadLetters")]
    public async Task What_is_wrong_with_a_body_is_said_with_the_members_name_and_nothing_is_replayed(string body, string type, string? field)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.MakeDeadLetterAsync();
        using var response = await monitor.PostAsync("/dead-letters/replay", body);

        var problem = await response.ReadProblemAsync(ProblemTypes.All.Single(known => known.Code == type));

        Assert.Equal(field, problem.Text("field"));
        Assert.Empty(monitor.SegmentFiles);
        Assert.DoesNotContain((await monitor.ReadAsync("/operations")).Items(), entry => entry.Text("action") == "replay");
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_a_400_in_a_value_and_in_a_name()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var body in (byte[][])[[.. "{\"reason\":\""u8, 0xFF, .. "\"}"u8], [.. "{\""u8, 0xC3, 0x28, .. "\":1}"u8]])
        {
            using var response = await monitor.PostAsync("/dead-letters/replay", body);
            Assert.Equal(400, (int)response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task A_long_name_is_said_back_shortened_and_whole_characters_only()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/dead-letters/replay", $$"""{"{{new string('a', 63)}}💩{{new string('b', 5000)}}":1}""");
        var problem = await response.ReadProblemAsync(ProblemTypes.UnknownParameter);
        Assert.DoesNotContain('\uFFFD', problem.Text("field")!);
        Assert.InRange(problem.Text("detail")!.Length, 1, 300);
    }

    [Fact]
    [Answers(413, "ReplayDeadLetters")]
    public async Task A_body_over_64_KiB_is_a_413_with_a_length_and_without()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var body = Encoding.UTF8.GetBytes($$"""{"all":true{{new string(' ', 64 * 1024)}}}""");
        using (var response = await monitor.PostAsync("/dead-letters/replay", body))
            await response.ReadProblemAsync(ProblemTypes.BodyTooLarge);
        using (var response = await monitor.PostAsync("/dead-letters/replay", new ChunkedContent("application/json", [body])))
            await response.ReadProblemAsync(ProblemTypes.BodyTooLarge);
    }

    [Fact]
    [Answers(415, "ReplayDeadLetters")]
    public async Task Another_content_type_or_an_encoding_is_a_415()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var contentType in (string?[])[null, "text/plain", "application/x-ndjson", "application/json; charset=utf-16"])
        {
            using var response = await monitor.PostAsync("/dead-letters/replay", """{"all":true}"""u8.ToArray(), contentType);
            Assert.Equal(["application/json"], (await response.ReadProblemAsync(ProblemTypes.UnsupportedMediaType)).Items("known").Select(known => known.GetString()!));
        }

        using var compressed = await monitor.PostAsync("/dead-letters/replay", """{"all":true}"""u8.ToArray(), encoding: "gzip");
        Assert.Equal("Content-Encoding", (await compressed.ReadProblemAsync(ProblemTypes.UnsupportedEncoding)).Text("field"));
    }

    [Fact]
    public async Task A_replay_keeps_to_the_rate_it_was_given()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        for (var i = 0; i < 3; i++)
            await monitor.MakeDeadLetterAsync();

        var running = monitor.PostAsync("/dead-letters/replay", """{"all":true,"limit":3,"rate_per_second":1}""");
        // The first goes at once; the second waits for the clock, which stands still.
        await Eventually.TrueAsync(() => Task.FromResult(monitor.SegmentFiles.Length == 1));
        Assert.False(running.IsCompleted);

        using var response = await running.AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));
        Assert.Equal(3, (await response.ReadJsonAsync(System.Net.HttpStatusCode.OK)).Number("replayed"));
        Assert.Equal(3, monitor.SegmentFiles.Length);
        Assert.True(monitor.Time.GetUtcNow() >= HttpMonitor.Start.AddSeconds(2));
    }
}
