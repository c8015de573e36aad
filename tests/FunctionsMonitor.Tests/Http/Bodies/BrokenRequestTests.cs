using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Bodies;

/// <summary>What no HTTP client sends: lengths that lie, chunks that are none, senders that leave.</summary>
public sealed class BrokenRequestTests
{
    [Fact]
    public async Task A_length_that_promises_more_than_comes_keeps_nothing()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using (var connection = await RawConnection.OpenAsync(monitor))
        {
            await connection.PostEventsAsync("Content-Length: 1000", monitor.Event());
            connection.EndSending();
            var (status, text) = await connection.ReadAsync();
            // Who ends before the end may get no answer; but if one, then a 4xx in our own form or Kestrel's.
            Assert.True(status is 0 or (>= 400 and < 500), text);
        }

        await monitor.AnsweredAsync(1);
        await monitor.AssertNothingKeptAsync();
    }

    [Fact]
    public async Task A_length_that_promises_less_than_comes_is_a_400_and_keeps_nothing()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var connection = await RawConnection.OpenAsync(monitor);
        await connection.PostEventsAsync("Content-Length: 20", monitor.Event());
        var (status, text) = await connection.ReadAsync();
        Assert.Equal(400, status);
        Assert.Contains("malformed-json", text, StringComparison.Ordinal);
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: ten")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 10\r\nContent-Length: 20")]
    [InlineData("Transfer-Encoding: nonsense")]
    public async Task A_length_that_is_none_is_a_400(string headers)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var connection = await RawConnection.OpenAsync(monitor);
        // No body behind it: bytes that nobody reads would make of the end of the connection a reset, which may overtake the answer.
        await connection.PostEventsAsync(headers, "");
        var (status, text) = await connection.ReadAsync();
        Assert.True(status is >= 400 and < 500, text);
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("-1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}{}\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    [InlineData("10000000\r\n{}")]
    [InlineData("2\r\n{}\r\n")]
    [InlineData("2\r\n{")]
    public async Task Chunks_that_are_none_or_that_do_not_end_keep_nothing(string chunks)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using (var connection = await RawConnection.OpenAsync(monitor))
        {
            await connection.PostEventsAsync("Transfer-Encoding: chunked", chunks);
            connection.EndSending();
            var (status, text) = await connection.ReadAsync();
            Assert.True(status is 0 or (>= 400 and < 500), text);
        }

        await monitor.AnsweredAsync(1);
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("-1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}{}\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    public async Task A_sender_that_waits_for_its_answer_is_told_that_a_chunk_is_none(string chunks)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var connection = await RawConnection.OpenAsync(monitor);
        await connection.PostEventsAsync("Transfer-Encoding: chunked", chunks);
        var (status, text) = await connection.ReadAsync();
        Assert.Equal(400, status);
        Assert.Contains("invalid-request", text, StringComparison.Ordinal);
        await monitor.AssertNothingKeptAsync();
    }

    [Theory]
    [InlineData("Content-Length: 1000")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("Content-Length: 1000\r\nContent-Encoding: gzip")]
    public async Task A_sender_that_leaves_in_the_middle_of_a_body_leaves_nothing_behind(string headers)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using (var connection = await RawConnection.OpenAsync(monitor))
        {
            await connection.PostEventsAsync(headers, headers.StartsWith('T') ? $"200\r\n{monitor.Event()}\n" : monitor.Event() + "\n");
            await monitor.BegunAsync(1);
            connection.Abort();
        }

        await monitor.AnsweredAsync(1);
        await monitor.AssertNothingKeptAsync();
        await monitor.IngestAsync(monitor.Event());
    }

    [Fact]
    public async Task A_sender_that_leaves_after_its_last_byte_does_not_take_its_events_with_it()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var body = monitor.Event();
        using (var connection = await RawConnection.OpenAsync(monitor))
        {
            await connection.PostEventsAsync($"Content-Length: {body.Length}", body);
            await monitor.AnsweredAsync(1);
            connection.Abort();
        }

        Assert.Equal(1, (await monitor.FlushAsync()).Number("stored"));
    }

    [Theory]
    [InlineData("GET /dead-letters/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /events?a=\0 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /events HTTP/1.1\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task What_is_no_HTTP_is_a_400_before_anything_else(string request)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var connection = await RawConnection.OpenAsync(monitor);
        await connection.SendAsync(request);
        Assert.Equal(400, (await connection.ReadAsync()).Status);
        await monitor.ReadAsync("/health/live");
    }
}
