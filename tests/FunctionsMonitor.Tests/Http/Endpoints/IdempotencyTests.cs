using System.IO.Compression;
using System.Net;
using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using FunctionsMonitor.Tests.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

/// <summary>The header <c>Idempotency-Key</c> over HTTP; what happens at a crash is in <see cref="Tests.Idempotency.IdempotencyCrashTests"/>.</summary>
public sealed class IdempotencyTests
{
    private const string NdJson = "application/x-ndjson";
    private const string Nameless = """{"event_type":"a","source":"s","data":{}}""";

    [Fact]
    public async Task A_repeat_gets_the_same_status_and_bytes_and_says_that_it_is_one()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var first = await PostAsync(monitor, "k-1", Nameless);
        var taken = await first.ReadJsonAsync(HttpStatusCode.Accepted);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(["accepted", "rejected", "segment_id", "errors"], taken.Members());

        monitor.Time.Advance(TimeSpan.FromHours(1));
        foreach (var spelling in (string[])["k-1", "\"k-1\""])
        {
            using var repeat = await PostAsync(monitor, spelling, Nameless);
            await repeat.ReadJsonAsync(HttpStatusCode.Accepted);
            Assert.Equal(["true"], repeat.Headers.GetValues("Idempotent-Replayed"));
            Assert.Equal(first.Content.Headers.ContentType, repeat.Content.Headers.ContentType);
            Assert.Equal(await BytesAsync(first), await BytesAsync(repeat));
        }

        Assert.Equal(1, (await monitor.FlushAsync()).Number("stored"));
        var figures = (await monitor.ReadAsync("/status")).GetProperty("idempotency");
        Assert.Equal((1, 2, 0), (figures.Number("created"), figures.Number("replayed"), figures.Number("resumed")));
    }

    [Fact]
    public async Task The_answer_with_a_key_is_that_without_one()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var body = $"[{Nameless},7]";
        using var keyed = await PostAsync(monitor, "k", body);
        using var plain = await monitor.PostAsync("/events", body);
        Assert.Equal(plain.StatusCode, keyed.StatusCode);
        Assert.Equal(plain.Content.Headers.ContentType, keyed.Content.Headers.ContentType);
        Assert.Equal(Blank(await BytesAsync(plain)), Blank(await BytesAsync(keyed)));

        using var keyedRefusal = await PostAsync(monitor, "k2", "[7]");
        using var plainRefusal = await monitor.PostAsync("/events", "[7]");
        Assert.Equal(plainRefusal.Content.Headers.ContentType, keyedRefusal.Content.Headers.ContentType);
        Assert.Equal(await BytesAsync(plainRefusal), await BytesAsync(keyedRefusal));

        static string Blank(byte[] answer) => System.Text.RegularExpressions.Regex.Replace(Encoding.UTF8.GetString(answer), "[0-9a-f]{8}-[0-9a-f-]{27}", "…");
    }

    [Fact]
    [Answers(422, "IngestEvents")]
    public async Task Another_body_is_a_422_of_its_own_type_and_nothing_of_it_is_kept()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var first = await PostAsync(monitor, "k", Nameless);
        using var other = await PostAsync(monitor, "k", $"[{Nameless}]");
        Assert.Equal("Idempotency-Key", (await other.ReadProblemAsync(ProblemTypes.IdempotencyKeyReused)).Text("field"));
        Assert.Single(monitor.SegmentFiles);
    }

    [Fact]
    public async Task A_request_rejected_whole_is_answered_alike_for_as_long_as_the_key_lives()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        using var first = await PostAsync(monitor, "k", Nameless);
        await first.ReadProblemAsync(ProblemTypes.AllRejected);
        monitor.Flags.Set(FlagSchema.ValidationStrict, false);
        using var repeat = await PostAsync(monitor, "k", Nameless);
        await repeat.ReadProblemAsync(ProblemTypes.AllRejected);
        Assert.Equal(await BytesAsync(first), await BytesAsync(repeat));
        Assert.True(repeat.Headers.Contains("Idempotent-Replayed"));
        Assert.Empty(monitor.SegmentFiles);
    }

    [Theory]
    [Answers(400, "IngestEvents")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("\"a")]
    [InlineData("a", "b")]
    public async Task What_is_no_key_is_a_400_that_names_the_header(params string[] values)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var connection = await RawConnection.OpenAsync(monitor);
        var headers = string.Join("\r\n", values.Select(value => $"Idempotency-Key: {value}"));
        await connection.PostEventsAsync($"{headers}\r\nContent-Length: {Nameless.Length}", Nameless);
        var (status, text) = await connection.ReadAsync();
        Assert.Equal(400, status);
        Assert.Contains("\"field\":\"Idempotency-Key\"", text, StringComparison.Ordinal);
        Assert.Contains(ProblemTypes.InvalidParameter.Uri, text, StringComparison.Ordinal);
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    public async Task A_repeat_may_be_compressed_otherwise_but_not_be_read_as_another_format()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var first = await PostAsync(monitor, "k", $"{Nameless}\n{Nameless}\n7\n", NdJson);
        var taken = await first.ReadJsonAsync(HttpStatusCode.Accepted);
        Assert.Equal((2, 1), (taken.Number("accepted"), taken.Number("rejected")));
        Assert.Equal("2", Assert.Single(taken.Items("errors")).Text("index"));

        using var compressed = await PostAsync(monitor, "k", Gzip($"{Nameless}\n{Nameless}\n7\n"), NdJson, "gzip");
        Assert.Equal(await BytesAsync(first), await BytesAsync(compressed));

        using var one = await PostAsync(monitor, "other", Nameless, NdJson);
        using var asJson = await PostAsync(monitor, "other", Nameless);
        await asJson.ReadProblemAsync(ProblemTypes.IdempotencyKeyReused);
    }

    [Fact]
    [Answers(409, "IngestEvents")]
    public async Task The_loser_of_two_first_tries_is_told_when_to_come_again()
    {
        var store = new HookedIdempotencyStore();
        await using var monitor = await HttpMonitor.StartAsync(store.Register);
        var nested = false;
        byte[] winner = [];
        store.BeforeCreate = async _ =>
        {
            if (nested)
                return;

            nested = true;
            using var response = await PostAsync(monitor, "k", Nameless);
            winner = await BytesAsync(response);
        };

        using var loser = await PostAsync(monitor, "k", Nameless);
        await loser.ReadRetryableAsync(ProblemTypes.IdempotencyKeyInUse);
        using var again = await PostAsync(monitor, "k", Nameless);
        Assert.Equal(winner, await BytesAsync(again));
    }

    [Fact]
    [Answers(503, "IngestEvents")]
    public async Task While_the_keys_cannot_be_looked_up_a_request_with_one_is_a_503_and_one_without_is_taken()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.BreakStateStore();
        using var response = await PostAsync(monitor, "k", Nameless);
        await response.ReadRetryableAsync(ProblemTypes.StateStoreUnavailable);
        Assert.Empty(monitor.SegmentFiles);
        Assert.Equal(1, (await monitor.ReadAsync("/status")).GetProperty("idempotency").Number("store_failures"));
        await monitor.IngestAsync(monitor.Event());
    }

    [Fact]
    public async Task Neither_a_429_nor_a_503_is_an_answer_to_keep()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Buffering:MaxAge"] = "00:01:00" });
        monitor.BreakSegmentStore();
        using var unavailable = await PostAsync(monitor, "k", Nameless);
        await unavailable.ReadRetryableAsync(ProblemTypes.BufferUnavailable);
        monitor.HealSegmentStore();

        await monitor.IngestAsync(monitor.Event());
        monitor.Time.Advance(TimeSpan.FromMinutes(2));
        await monitor.Get<BufferDepthMonitor>().MeasureAsync(TestContext.Current.CancellationToken);
        using var full = await PostAsync(monitor, "k", Nameless);
        await full.ReadRetryableAsync(ProblemTypes.BufferFull);

        await monitor.FlushAsync();
        using var taken = await PostAsync(monitor, "k", Nameless);
        await taken.ReadJsonAsync(HttpStatusCode.Accepted);
        Assert.False(taken.Headers.Contains("Idempotent-Replayed"));
        await monitor.FlushAsync();
        // With the time of the first try, when nobody could keep it.
        Assert.Equal("2026-11-24T12:00:00.000000Z", Assert.Single((await monitor.ReadAsync("/events?type=a")).Items()).Text("timestamp"));
    }

    [Fact]
    public async Task An_answer_that_is_known_is_given_also_over_the_cap()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Buffering:MaxAge"] = "00:01:00" });
        using var first = await PostAsync(monitor, "k", Nameless);
        monitor.Time.Advance(TimeSpan.FromMinutes(2));
        await monitor.Get<BufferDepthMonitor>().MeasureAsync(TestContext.Current.CancellationToken);
        using var repeat = await PostAsync(monitor, "k", Nameless);
        Assert.Equal(await BytesAsync(first), await BytesAsync(repeat));
    }

    private static Task<HttpResponseMessage> PostAsync(HttpMonitor monitor, string key, string body, string contentType = "application/json") =>
        PostAsync(monitor, key, Encoding.UTF8.GetBytes(body), contentType);

    private static async Task<HttpResponseMessage> PostAsync(HttpMonitor monitor, string key, byte[] body, string contentType, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        return await monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<byte[]> BytesAsync(HttpResponseMessage response) => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

    private static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.SmallestSize))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }
}
