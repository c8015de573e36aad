using System.Net;
using System.Text;
using System.Text.Json;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.CloudEvents;

/// <summary>
/// What CloudEvents 1.0.2 asks of a receiver, rule by rule, and what this one makes of it. <c>core</c> is the specification itself, <c>json</c> its
/// JSON format, <c>http</c> its HTTP protocol binding; the numbers are their sections.
/// </summary>
public sealed class CloudEventConformanceTests
{
    private const string Structured = "application/cloudevents+json";
    private const string Batched = "application/cloudevents-batch+json";
    private const string Time = "2026-11-24T11:00:00Z";
    private const string Required = "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"" + Time + "\"";
    private const string Binary = "ce-specversion: 1.0|ce-id: 1|ce-source: /s|ce-type: t|ce-time: " + Time;

    /// <summary>Of <see cref="Binary"/>, in the order of the names.</summary>
    private const string BinaryMetadata = """{"id":"1","source":"/s","specversion":"1.0","time":"2026-11-24T11:00:00Z","type":"t"}""";

    /// <summary>Rule, content type, headers, body (each character a byte), the data and the metadata that are stored, the findings.</summary>
    public static TheoryData<string, string?, string, string, string, string, string> Understood { get; } = new()
    {
        { "json 3: an event is an object of its attributes and its data", Structured, "", $$$"""{{{{Required}}},"data":{"n":1.50}}""", """{"n":1.50}""", $$$"""{{{{Required}}}}""", "" },
        { "http 3.2.1: parameters of the content type do not matter, nor does its case", "Application/CloudEvents+JSON; charset=UTF-8", "", $$$"""{{{{Required}}},"data":{}}""", "{}", $$$"""{{{{Required}}}}""", "" },
        { "core 3.1: data is optional", Structured, "", $$$"""{{{{Required}}}}""", "{}", $$$"""{{{{Required}}}}""", "" },
        { "json 3.1.1: an explicit null is not the absence of data", Structured, "", $$$"""{{{{Required}}},"data":null}""", """{"data":null}""", $$$"""{{{{Required}}}}""", "data_wrapped" },
        { "json 3.1.1: data may be an array", Structured, "", $$$"""{{{{Required}}},"data":[1,{}]}""", """{"data":[1,{}]}""", $$$"""{{{{Required}}}}""", "data_wrapped" },
        { "json 3.1.2: a text is not JSON inside JSON", Structured, "", $$$"""{{{{Required}}},"datacontenttype":"application/json","data":"{\"a\":1}"}""", """{"data":"{\"a\":1}"}""", $$$"""{{{{Required}}},"datacontenttype":"application/json"}""", "data_wrapped" },
        { "json 3.1.1: what is no JSON is a text", Structured, "", $$$"""{{{{Required}}},"datacontenttype":"application/xml","data":"<a b=\"c\"/>"}""", """{"data":"<a b=\"c\"/>"}""", $$$"""{{{{Required}}},"datacontenttype":"application/xml"}""", "data_wrapped" },
        { "json 3.1.1: bytes are base64, also with a plus sign as an escape", Structured, "", $$$"""{{{{Required}}},"data_base64":"+/\u002B/"}""", """{"data_base64":"+/\u002B/"}""", $$$"""{{{{Required}}}}""", "data_wrapped" },
        { "json 3.1.1: data and data_base64 exclude each other", Structured, "", $$$"""{{{{Required}}},"data_base64":"AAAA","data":{}}""", "{}", $$$"""{{{{Required}}},"data_base64":"AAAA"}""", "data_twice" },
        { "json 3.1.2: data_base64 is base64", Structured, "", $$$"""{{{{Required}}},"data_base64":"~"}""", """{"data_base64":"~"}""", $$$"""{{{{Required}}}}""", "data_base64_invalid data_wrapped" },
        { "json 2.2: an attribute that is null is not set", Structured, "", $$$"""{{{{Required}}},"subject":null,"dataschema":null,"ext":null,"data_base64":null,"data":{}}""", "{}", $$$"""{{{{Required}}}}""", "" },
        { "json 2.2: extensions stand beside the others; texts, truth values and whole numbers", Structured, "", $$$"""{{{{Required}}},"exta":"é","extb":true,"extc":-7,"subject":"x","dataschema":"u:1"}""", "{}", $$$"""{{{{Required}}},"exta":"é","extb":true,"extc":-7,"subject":"x","dataschema":"u:1"}""", "" },
        { "json 2.2: no fraction, nothing over 32 bits, no object and no array is an attribute", Structured, "", $$$"""{{{{Required}}},"a":1.5,"b":2147483648,"c":{"d":1},"e":[]}""", "{}", $$$"""{{{{Required}}},"a":1.5,"b":2147483648,"c":{"d":1},"e":[]}""", "attribute_invalid" },
        { "core 3.1: subject, dataschema and datacontenttype are not empty", Structured, "", $$$"""{{{{Required}}},"subject":"","dataschema":1,"datacontenttype":true}""", "{}", $$$"""{{{{Required}}},"subject":"","dataschema":1,"datacontenttype":true}""", "attribute_invalid" },
        { "core 2.2: names of attributes are lower-case letters and digits", Structured, "", $$$"""{{{{Required}}},"comExample":"x","a_b":"y"}""", "{}", $$$"""{{{{Required}}},"comExample":"x","a_b":"y"}""", "attribute_name" },
        { "core 3.1: the version is 1.0", Structured, "", """{"specversion":"0.3","id":"1","source":"/s","type":"t","time":"2026-11-24T11:00:00Z"}""", "{}", """{"specversion":"0.3","id":"1","source":"/s","type":"t","time":"2026-11-24T11:00:00Z"}""", "specversion_invalid" },
        { "core 3.1: specversion, id, source and type are required", Structured, "", "{}", "{}", "{}", "specversion_invalid id_required event_type_required source_required time_absent" },
        { "core 3.1: and are texts that are not empty", Structured, "", """{"specversion":1,"id":7,"source":"","type":["t"],"time":"2026-11-24T11:00:00Z"}""", "{}", """{"specversion":1,"id":7,"source":"","type":["t"],"time":"2026-11-24T11:00:00Z"}""", "specversion_invalid id_invalid event_type_invalid source_invalid" },
        { "core 2.4: time is RFC 3339", Structured, "", """{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"yesterday"}""", "{}", """{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"yesterday"}""", "timestamp_format" },
        { "http 3.3: a batch holds events in the JSON format", Batched, "", $$$"""[{{{{Required}}},"data":{"n":1}}]""", """{"n":1}""", $$$"""{{{{Required}}}}""", "" },
        { "http 3.2.3: in structured mode headers do not matter", Structured, "ce-id: 2|ce-specversion: 0.3|ce-ext: x", $$$"""{{{{Required}}},"data":{}}""", "{}", $$$"""{{{{Required}}}}""", "" },
        { "http 3.1: in binary mode attributes are headers and the body is the data", "application/json", Binary, """{"n":1.50}""", """{"n":1.50}""", BinaryMetadata[..^1] + ",\"datacontenttype\":\"application/json\"}", "" },
        { "http 3.1.1: the content type is the datacontenttype", "application/vnd.x+json;v=1", Binary, "[1]", """{"data":[1]}""", BinaryMetadata[..^1] + ",\"datacontenttype\":\"application/vnd.x+json;v=1\"}", "data_wrapped" },
        { "http 3.1.2: text is text", "text/plain; charset=utf-8", Binary, "a \"\u00C3\u00A9\"", """{"data":"a \"é\""}""", BinaryMetadata[..^1] + ",\"datacontenttype\":\"text/plain; charset=utf-8\"}", "data_wrapped" },
        { "http 3.1.2: text in another charset is bytes", "text/plain; charset=latin1", Binary, "\u00E9", """{"data_base64":"6Q=="}""", BinaryMetadata[..^1] + ",\"datacontenttype\":\"text/plain; charset=latin1\"}", "data_wrapped" },
        { "http 3.1.2: so is text that is no UTF-8", "text/plain", Binary, "\u00E9", """{"data_base64":"6Q=="}""", BinaryMetadata[..^1] + ",\"datacontenttype\":\"text/plain\"}", "data_wrapped" },
        { "http 3.1.2: and whatever else it is", "application/octet-stream", Binary, "\0\u00FF", """{"data_base64":"AP8="}""", BinaryMetadata[..^1] + ",\"datacontenttype\":\"application/octet-stream\"}", "data_wrapped" },
        { "http 3.1.2: also without a content type", null, Binary, "{}", """{"data_base64":"e30="}""", BinaryMetadata, "data_wrapped" },
        { "http 3.1.2: no body, no data", null, Binary, "", "{}", BinaryMetadata, "" },
        { "http 3.1.3.1: header names have no case", null, "CE-SpecVersion: 1.0|Ce-Id: 1|cE-source: /s|ce-TYPE: t|CE-TIME: " + Time, "", "{}", BinaryMetadata, "" },
        { "http 3.1.3.2: values are percent-encoded UTF-8, in either case", null, Binary + "|ce-z: Euro%20%E2%82%ac%20%F0%9F%98%80", "", "{}", BinaryMetadata[..^1] + ",\"z\":\"Euro € \\uD83D\\uDE00\"}", "" },
        { "http 3.1.3.2: decoded once", null, Binary + "|ce-z: %2525%41", "", "{}", BinaryMetadata[..^1] + ",\"z\":\"%25A\"}", "" },
        { "http 3.1.3.2: quoted texts are understood", null, Binary + "|ce-z: \"a \\\" b%22\"", "", "{}", BinaryMetadata[..^1] + ",\"z\":\"a \\\" b\\\"\"}", "" },
        { "http 3: a message with some of the required headers is taken for an event, and said to lack the others", "application/json", "ce-id: 1|ce-source: /s", "{}", "{}", """{"id":"1","source":"/s","datacontenttype":"application/json"}""", "specversion_invalid event_type_required time_absent" },
    };

    /// <summary>Rule, content type, headers, body (each character a byte), and the kind of problem.</summary>
    public static TheoryData<string, string?, string, string, string> Refused { get; } = new()
    {
        { "http 3.2: one event is an object", Structured, "", $$$"""[{{{{Required}}}}]""", "malformed-json" },
        { "http 3.3: a batch is an array", Batched, "", $$$"""{{{{Required}}}}""", "malformed-json" },
        { "http 3.3: of events", Batched, "", "[7]", "all-rejected" },
        { "http 3.2: something", Structured, "", " ", "empty-body" },
        { "http 3.3: a batch, if an empty one", Batched, "", "", "empty-body" },
        { "http 3: a format that is not known is not taken for the data", "application/cloudevents+avro", Binary, "x", "unsupported-media-type" },
        { "http 3: also of batches", "application/cloudevents-batch+protobuf", Binary, "x", "unsupported-media-type" },
        { "http 3.1.3.2: bytes that are no UTF-8 are rejected", "application/json", Binary + "|ce-z: %C0%A0", "{}", "invalid-parameter" },
        { "http 3.1.3.2: a quoted text has an end", "application/json", Binary + "|ce-z: \"a", "{}", "invalid-parameter" },
        { "http 3.1.3.2: and nothing behind it", "application/json", Binary + "|ce-z: \"a\" b", "{}", "invalid-parameter" },
        { "http 3.1.3: data is no attribute", "application/json", Binary + "|ce-data: x", "{}", "invalid-parameter" },
        { "http 3.1.3: nor is data_base64", "application/json", Binary + "|Ce-Data_Base64: x", "{}", "invalid-parameter" },
        { "http 3.1.2: JSON is JSON", "application/json", Binary, "{", "malformed-json" },
        { "http 3.1.2: one value", "application/json", Binary, "{},\"id\":\"2\"", "malformed-json" },
        { "http 3.1.2: and nothing that closes the event around it", "application/json", Binary, "1},{\"a\":1", "malformed-json" },
        { "http 3.1.2: in UTF-8", "application/json", Binary, "\"\u00FF\"", "invalid-utf8" },
        { "http 3.1.2: as its content type says", "application/json; charset=utf-16", Binary, "{}", "unsupported-media-type" },
        { "http 3.1.2: not too deep", "application/json", Binary, new string('[', 32) + new string(']', 32), "too-deep" },
        { "http 3.1.2: nor deep beyond reading", "application/json", Binary, new string('[', 100_000), "too-deep" },
        { "http 3.1.2: nor too large", "text/plain", Binary, new string('a', 300_000), "all-rejected" },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Understood))]
    public async Task An_event_is_understood_as_the_specification_says(
        string rule, string? contentType, string headers, string body, string data, string metadata, string findings)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using (var response = await SendAsync(monitor, contentType, headers, body))
            Assert.Equal(1, (await response.ReadJsonAsync(HttpStatusCode.Accepted)).Number("accepted"));
        await monitor.FlushAsync();
        var stored = Assert.Single((await monitor.ReadAsync("/events")).Items());

        Assert.Equal((rule, data), (rule, stored.GetProperty("data").GetRawText()));
        Assert.Equal(metadata, stored.GetProperty("metadata").GetRawText());
        var codes = stored.GetProperty("validation").TryGetProperty("issues", out var issues) && issues.ValueKind == JsonValueKind.Array
            ? string.Join(' ', issues.EnumerateArray().Select(issue => issue.Text("code")))
            : "";
        Assert.Equal(findings, codes);
        Assert.Equal(findings.Contains("event_type", StringComparison.Ordinal) ? "unknown" : "t", stored.Text("event_type"));
        Assert.Equal(findings.Contains("source", StringComparison.Ordinal) ? "unknown" : "/s", stored.Text("source"));
        Assert.Equal(
            findings.Contains("time", StringComparison.Ordinal) ? HttpMonitor.Start : DateTimeOffset.Parse(Time, System.Globalization.CultureInfo.InvariantCulture),
            stored.GetProperty("timestamp").GetDateTimeOffset());
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Refused))]
    public async Task What_is_none_is_a_clear_4xx_and_nothing_of_it_is_kept(string rule, string? contentType, string headers, string body, string type)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await SendAsync(monitor, contentType, headers, body);

        var problem = await response.ReadProblemAsync(ProblemTypes.All.Single(known => known.Code == type));
        Assert.True(problem.Text("detail")!.Length <= 300, rule);
        await monitor.AssertNothingKeptAsync();
    }

    /// <summary>Of unknown length, so that the limit is met while it is read; the second is over it only with its attributes.</summary>
    [Fact]
    public async Task The_data_of_a_binary_event_is_no_larger_than_a_body_may_be()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Ingest:MaxBodyBytes"] = "8192", ["Ingest:MaxEventBytes"] = "4096" });
        foreach (var (length, type) in ((int, ProblemType)[])[(8193, ProblemTypes.BodyTooLarge), (8192, ProblemTypes.BodyTooLarge), (4096, ProblemTypes.AllRejected)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = new ChunkedContent("text/plain", Encoding.ASCII.GetBytes(new string('a', length)).Chunk(1000)) };
            request.Headers.Add("ce-id", "1");
            request.Headers.Add("ce-specversion", "1.0");
            using var response = await monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);
            await response.ReadProblemAsync(type);
        }

        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    public async Task An_empty_batch_is_a_request_that_has_nothing_to_keep()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using (var response = await SendAsync(monitor, Batched, "", " [ ] "))
            Assert.Equal(0, (await response.ReadJsonAsync(HttpStatusCode.Accepted)).Number("accepted"));
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    public async Task Cut_off_at_any_byte_a_batch_is_a_400_or_whole()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var body = $$$"""[{{{{Required}}},"data":"\u00e9"},{{{{Required}}},"ext":true}]""";
        for (var length = 0; length < body.Length; length++)
        {
            using var response = await SendAsync(monitor, Batched, "", body[..length]);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{(int)response.StatusCode} for the first {length} bytes.");
        }

        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    public async Task The_same_event_in_any_mode_and_compressed_has_one_identity()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var json = $$$"""{"id":"1","source":"/s","specversion":"1.0","time":"{{{Time}}}","type":"t","datacontenttype":"application/json","data":{"n":1}}""";
        (await SendAsync(monitor, Structured, "", json)).Dispose();
        (await SendAsync(monitor, Batched, "", $"[{json}]")).Dispose();
        (await SendAsync(monitor, "application/json", Binary, """{"n":1}""")).Dispose();
        (await monitor.PostAsync("/events", Gzip(json), Structured, "gzip")).Dispose();

        var report = await monitor.FlushAsync();
        Assert.Equal((1, 3, 0), (report.Number("stored"), report.Number("duplicates"), report.Number("dead_lettered")));
    }

    [Fact]
    public async Task An_idempotency_key_holds_for_the_headers_of_an_event_too()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        const string Keyed = Binary + "|Idempotency-Key: k";
        using var first = await SendAsync(monitor, "application/json", Keyed, "{}");
        using var again = await SendAsync(monitor, "application/json", Keyed, "{}");
        using var other = await SendAsync(monitor, "application/json", Keyed + "|ce-subject: other", "{}");

        await first.ReadJsonAsync(HttpStatusCode.Accepted);
        Assert.Equal(["true"], again.Headers.GetValues("Idempotent-Replayed"));
        await other.ReadProblemAsync(ProblemTypes.IdempotencyKeyReused);
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(bytes, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    private static Task<HttpResponseMessage> SendAsync(HttpMonitor monitor, string? contentType, string headers, string body)
    {
        var isText = contentType?.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase) == true;
        var content = new ByteArrayContent((isText ? Encoding.UTF8 : Encoding.Latin1).GetBytes(body));
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = content };
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            Assert.True(request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 2)..]));
        }

        return monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
