using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using FunctionsMonitor.Events;
using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Tests.Http.Bodies;

public sealed class GzipBodyTests
{
    private const string NdJson = "application/x-ndjson";

    [Fact]
    public async Task A_gzip_body_is_the_events_in_it_whole_or_chunked_in_one_member_or_more()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        string[] items = [monitor.Event(), monitor.Event()];
        var whole = Gzip($"[{items[0]},{items[1]}]");
        foreach (var content in (HttpContent[])
        [
            new ByteArrayContent(whole) { Headers = { { "Content-Type", "application/json" }, { "Content-Encoding", "GZIP" } } },
            new ChunkedContent("application/json", whole.Chunk(1), "gzip"),
            new ChunkedContent(NdJson, [Gzip(items[0] + "\n"), Gzip(items[1])], "gzip"),
        ])
        {
            using var response = await monitor.PostAsync("/events", content);
            Assert.Equal(2, (await response.ReadJsonAsync(HttpStatusCode.Accepted)).Number("accepted"));
        }

        var report = await monitor.FlushAsync();
        Assert.Equal((2, 4), (report.Number("stored"), report.Number("duplicates")));
    }

    [Theory]
    [InlineData("", "empty-body")]
    [InlineData("{}", "malformed-gzip")]
    [InlineData("\u001F\u008B", "malformed-gzip")]
    [InlineData("\u001F\u008B\u0008\u0000garbage", "malformed-gzip")]
    public async Task What_is_no_gzip_is_a_400_that_names_the_encoding(string body, string type)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/events", Encoding.Latin1.GetBytes(body), encoding: "gzip");
        var problem = await response.ReadProblemAsync(ProblemTypes.All.Single(known => known.Code == type));
        if (type == "malformed-gzip")
            Assert.Equal("Content-Encoding", problem.Text("field"));
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    public async Task Cut_off_at_any_byte_gzip_is_refused_even_where_the_lines_before_are_whole()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var (first, second) = (GzipLines("""{"a":1}""", """{"a":2}"""), GzipLines("""{"a":3}"""));
        byte[] body = [.. first, .. second];
        for (var length = 1; length < body.Length; length++)
        {
            // After a whole member nobody can see that another one was meant.
            if (length == first.Length)
                continue;

            using var response = await monitor.PostAsync("/events", body[..length], NdJson, "gzip");
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{(int)response.StatusCode} for the first {length} of {first.Length} + {second.Length} bytes.");
        }

        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("FunctionsMonitor.Tests")]
    [InlineData("FunctionsMonitor.Local")]
    public void Programs_that_read_gzip_ask_the_runtime_to_notice_where_it_was_cut_off(string program)
    {
        var configuration = JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, program + ".runtimeconfig.json")));
        Assert.True(configuration.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.IO.Compression.UseStrictValidation").GetBoolean());
    }

    [Fact]
    public async Task One_flipped_bit_anywhere_in_what_is_compressed_or_its_checksum_is_refused()
    {
        const int Header = 10;
        await using var monitor = await HttpMonitor.StartAsync();
        var body = GzipLines("""{"a":1,"b":"text"}""");
        for (var i = Header; i < body.Length; i++)
        {
            var flipped = body.ToArray();
            flipped[i] ^= 0x01;
            using var response = await monitor.PostAsync("/events", flipped, NdJson, "gzip");
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{(int)response.StatusCode} with byte {i} of {body.Length} flipped.");
        }

        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData(NdJson)]
    public async Task A_gzip_bomb_is_a_413(string contentType)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.PostAsync("/events", Bomb(64), contentType, "gzip");
        Assert.Contains("decompressed", (await response.ReadProblemAsync(ProblemTypes.BodyTooLarge)).Text("detail"), StringComparison.Ordinal);
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData(EventFormat.Json)]
    [InlineData(EventFormat.NdJson)]
    public async Task A_gzip_bomb_is_left_after_so_many_bytes_and_costs_no_more_memory_than_a_body_may(EventFormat format)
    {
        await using var monitor = new TestMonitor();
        var bomb = Bomb(1024);
        var source = new MemoryStream(bomb);
        var context = new DefaultHttpContext();
        context.Request.Body = source;
        context.Request.ContentType = format == EventFormat.NdJson ? NdJson : "application/json";
        context.Request.Headers.ContentEncoding = "gzip";
        var limits = new IngestOptions();
        var ingestor = monitor.Get<EventIngestor>();

        // All of it runs on this thread: a memory stream never waits.
        var before = GC.GetAllocatedBytesForCurrentThread();
        await using var body = await EventBody.OpenAsync(context.Request, limits, TestContext.Current.CancellationToken);
        var ingest = ingestor.IngestAsync(body.Reader, body.Format, TestContext.Current.CancellationToken);
        Assert.True(ingest.IsCompleted);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(EventBodyFault.TooLarge, (await Assert.ThrowsAsync<EventBodyException>(() => ingest.AsTask())).Fault);
        Assert.True(source.Position < bomb.Length / 16, $"{source.Position} of {bomb.Length} bytes were read.");
        Assert.True(allocated < 4L * limits.MaxBodyBytes, $"{allocated} bytes were allocated.");
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    /// <summary>Each line ends where a block ends, so that what was cut off behind it leaves it whole.</summary>
    private static byte[] GzipLines(params string[] lines)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            foreach (var line in lines)
            {
                gzip.Write(Encoding.UTF8.GetBytes(line + "\n"));
                gzip.Flush();
            }
        }

        return bytes.ToArray();
    }

    /// <summary>One string of so many MiB.</summary>
    private static byte[] Bomb(int mebibytes)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal))
        {
            gzip.Write("{\"data\":{\"s\":\""u8);
            var part = new byte[1024 * 1024];
            part.AsSpan().Fill((byte)'x');
            for (var i = 0; i < mebibytes; i++)
                gzip.Write(part);
            gzip.Write("\"}}"u8);
        }

        return bytes.ToArray();
    }
}
