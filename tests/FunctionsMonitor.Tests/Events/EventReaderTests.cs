using System.IO.Pipelines;
using System.Text;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;

namespace FunctionsMonitor.Tests.Events;

public sealed class EventReaderTests
{
    [Theory]
    [InlineData("", EventBodyFault.Empty)]
    [InlineData("  \n ", EventBodyFault.Empty)]
    [InlineData("[]", EventBodyFault.Empty)]
    [InlineData("[", EventBodyFault.Malformed)]
    [InlineData("{", EventBodyFault.Malformed)]
    [InlineData("[{}", EventBodyFault.Malformed)]
    [InlineData("[{},", EventBodyFault.Malformed)]
    [InlineData("[{},]", EventBodyFault.Malformed)]
    [InlineData("[{} {}]", EventBodyFault.Malformed)]
    [InlineData("{} {}", EventBodyFault.Malformed)]
    [InlineData("{\"a\":}", EventBodyFault.Malformed)]
    [InlineData("{\"a\":1,}", EventBodyFault.Malformed)]
    [InlineData("{\"a\":\"\u0001\"}", EventBodyFault.Malformed)]
    [InlineData("{\"a\":NaN}", EventBodyFault.Malformed)]
    [InlineData("{\"a\":01}", EventBodyFault.Malformed)]
    [InlineData("// comment\n{}", EventBodyFault.Malformed)]
    [InlineData("{'a':1}", EventBodyFault.Malformed)]
    [InlineData("]", EventBodyFault.Malformed)]
    [InlineData("nul", EventBodyFault.Malformed)]
    [InlineData("\0", EventBodyFault.Malformed)]
    public async Task A_body_that_is_not_JSON_is_refused_whole(string body, EventBodyFault fault)
    {
        await using var monitor = new TestMonitor();
        var exception = await Assert.ThrowsAsync<EventBodyException>(() => monitor.PostAsync(body).AsTask());
        Assert.Equal(fault, exception.Fault);
        Assert.Empty(monitor.SegmentFiles);
    }

    [Theory]
    [InlineData("{}\n{", 1)]
    [InlineData("{} {}\n", 0)]
    [InlineData("{}\n\n{}\n{]\n", 2)]
    public async Task A_malformed_line_refuses_the_whole_body_and_names_its_index(string body, int index)
    {
        await using var monitor = new TestMonitor();
        var exception = await Assert.ThrowsAsync<EventBodyException>(() => monitor.PostAsync(body, EventFormat.NdJson).AsTask());
        Assert.Equal((EventBodyFault.Malformed, index), (exception.Fault, exception.Index));
        Assert.Empty(monitor.SegmentFiles);
    }

    [Fact]
    public async Task Wherever_the_body_is_cut_into_chunks_the_events_are_the_same()
    {
        await using var monitor = new TestMonitor();
        var events = Enumerable.Range(0, 5).Select(i => monitor.Event($"type.{i}", data: $$"""{ "text" : "é\"\\ü\u00e9", "n": [{{i}}, 1.5e3, {}] }""")).ToList();
        var array = Encoding.UTF8.GetBytes(" [ " + string.Join(" , ", events) + " ] ");
        var lines = Encoding.UTF8.GetBytes(string.Join("\r\n", events));
        for (var chunk = 1; chunk < 60; chunk += 7)
        {
            Assert.Equal(5, (await PostInChunksAsync(monitor, array, EventFormat.Json, chunk)).Accepted);
            Assert.Equal(5, (await PostInChunksAsync(monitor, lines, EventFormat.NdJson, chunk)).Accepted);
        }

        var report = await monitor.FlushAsync();
        Assert.Equal(5, report.Stored);
        Assert.Equal(report.Events - 5, report.Duplicates);
        Assert.Equal(0, report.Dead);
    }

    [Fact]
    public async Task What_is_no_object_and_what_is_too_large_is_rejected_by_index_and_the_rest_is_taken()
    {
        await using var monitor = new TestMonitor();
        var large = monitor.Event(data: $$"""{"x":"{{new string('x', IngestOptions.DefaultMaxEventBytes)}}"}""");
        var result = await monitor.PostAsync($"[1,{monitor.Event()},\"x\",null,[],{large},true]");

        Assert.Equal((1, 6), (result.Accepted, result.Rejected));
        Assert.Equal([0, 2, 3, 4, 5, 6], result.Errors.Select(error => error.Index));
        Assert.Equal("event_too_large", result.Errors[4].Code);
        Assert.All(result.Errors.Where(error => error.Index != 5), error => Assert.Equal("not_an_object", error.Code));
    }

    [Fact]
    public async Task Limits_on_bytes_events_and_depth_refuse_the_body()
    {
        await using var monitor = new TestMonitor(settings: new() { ["Ingest:MaxBodyBytes"] = "2048", ["Ingest:MaxEvents"] = "3", ["Ingest:MaxDepth"] = "4" });
        await AssertFaultAsync(EventBodyFault.TooLarge, $$$"""{"data":{"x":"{{{new string('x', 3000)}}}"}}""");
        await AssertFaultAsync(EventBodyFault.TooManyEvents, "[{},{},{},{}]");
        await AssertFaultAsync(EventBodyFault.TooDeep, """{"data":[[[[1]]]]}""");
        Assert.Equal(3, (await monitor.PostAsync("[{},{},{}]")).Accepted);
        Assert.Equal(1, (await monitor.PostAsync("""{"data":[[[1]]]}""")).Accepted);

        async Task AssertFaultAsync(EventBodyFault fault, string body) =>
            Assert.Equal(fault, (await Assert.ThrowsAsync<EventBodyException>(() => monitor.PostAsync(body).AsTask())).Fault);
    }

    [Fact]
    public async Task Invalid_UTF8_is_refused_and_an_endless_nesting_does_not_hurt()
    {
        await using var monitor = new TestMonitor();
        byte[] invalid = [.. "{\"data\":{\"x\":\""u8, 0xC3, 0x28, .. "\"}}"u8];
        Assert.Equal(EventBodyFault.InvalidUtf8, (await Assert.ThrowsAsync<EventBodyException>(() => monitor.PostAsync(invalid).AsTask())).Fault);
        var nested = Encoding.UTF8.GetBytes(new string('[', 1_000_000));
        Assert.Equal(EventBodyFault.TooDeep, (await Assert.ThrowsAsync<EventBodyException>(() => monitor.PostAsync(nested).AsTask())).Fault);
    }

    [Theory]
    [InlineData("2026-11-24T12:00:00Z", "2026-11-24T12:00:00.000000Z")]
    [InlineData("2026-11-24T12:00:00.1234569Z", "2026-11-24T12:00:00.123456Z")]
    [InlineData("2026-11-24T14:00:00+02:00", "2026-11-24T12:00:00.000000Z")]
    [InlineData("2026-11-24T06:30:00.5-05:30", "2026-11-24T12:00:00.500000Z")]
    [InlineData("2026-11-24T12:00:00", "2026-11-24T12:00:00.000000Z")]
    [InlineData("2026-11-24", "2026-11-24T00:00:00.000000Z")]
    public async Task A_timestamp_is_read_to_the_microsecond_and_without_an_offset_as_UTC(string text, string expected)
    {
        await using var monitor = new TestMonitor();
        await monitor.PostAsync($$$"""{"event_type":"t","source":"s","data":{},"timestamp":"{{{text}}}"}""");
        await monitor.FlushAsync();
        var stored = Assert.Single(await monitor.EventsAsync());
        Assert.Equal(expected, EventTime.FromMicroseconds(stored.Key.Timestamp).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(stored.Marks.HasFlag(EventMarks.Failed));
    }

    [Theory]
    [InlineData("timestamp", "\"24.11.2026\"", "timestamp_format")]
    [InlineData("timestamp", "1732449600", "timestamp_format")]
    [InlineData("timestamp", "\"2026-11-24T25:00:00Z\"", "timestamp_format")]
    [InlineData("timestamp", "\"0001-01-01T00:00:00+14:00\"", "timestamp_format")]
    [InlineData("timestamp", "\"2026-10-25T11:59:59Z\"", "timestamp_range")]
    [InlineData("timestamp", "\"2026-11-25T12:00:01Z\"", "timestamp_range")]
    [InlineData("timestamp", "null", "timestamp_required")]
    [InlineData("event_type", "\"\"", "event_type_invalid")]
    [InlineData("event_type", "\"a\\u0000b\"", "event_type_invalid")]
    [InlineData("event_type", "\"\\ud800\"", "event_type_invalid")]
    [InlineData("event_type", "null", "event_type_required")]
    [InlineData("source", "[]", "source_invalid")]
    [InlineData("event_id", "\"123\"", "event_id_format")]
    [InlineData("event_id", "\"00000000-0000-0000-0000-000000000000\"", "event_id_format")]
    [InlineData("data", "\"text\"", "data_type")]
    [InlineData("data", "null", "data_required")]
    [InlineData("metadata", "[1]", "metadata_type")]
    public async Task Strict_names_the_field_and_the_rule(string field, string json, string code)
    {
        await using var monitor = new TestMonitor();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        var fields = new Dictionary<string, string>
        {
            ["event_type"] = "\"t\"",
            ["source"] = "\"s\"",
            ["timestamp"] = "\"2026-11-24T12:00:00Z\"",
            ["data"] = "{}",
            [field] = json,
        };
        var body = $"{{{string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}";

        var result = await monitor.PostAsync(body);

        Assert.Equal(1, result.Rejected);
        var error = Assert.Single(result.Errors);
        Assert.Equal((0, field, code), (error.Index, error.Field, error.Code));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event_type", 50)]
    [InlineData("source", 100)]
    public async Task A_text_may_have_so_many_characters_and_not_one_more(string field, int limit)
    {
        await using var monitor = new TestMonitor();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        foreach (var character in (string[])["x", "é", "🙂", "\\u00e9", "\\ud83d\\ude42"])
        {
            Assert.Equal(1, (await monitor.PostAsync(Body(character, limit))).Accepted);
            Assert.Equal($"{field}_invalid", (await monitor.PostAsync(Body(character, limit + 1))).Errors[0].Code);
        }

        string Body(string character, int count)
        {
            var other = field == "source" ? "event_type" : "source";
            return $$$"""{"{{{other}}}":"o","timestamp":"2026-11-24T12:00:00Z","data":{},"{{{field}}}":"{{{string.Concat(Enumerable.Repeat(character, count))}}}"}""";
        }
    }

    private static async Task<IngestResult> PostInChunksAsync(TestMonitor monitor, byte[] body, EventFormat format, int chunk)
    {
        var pipe = new Pipe();
        var post = monitor.Get<EventIngestor>().IngestAsync(pipe.Reader, format, TestContext.Current.CancellationToken);
        for (var i = 0; i < body.Length; i += chunk)
        {
            await pipe.Writer.WriteAsync(body.AsMemory(i, Math.Min(chunk, body.Length - i)), TestContext.Current.CancellationToken);
            await Task.Yield();
        }

        await pipe.Writer.CompleteAsync();
        return await post;
    }
}
