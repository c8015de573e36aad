using System.Text;
using FunctionsMonitor.LoadTest.Engine;

namespace FunctionsMonitor.Tests.Load;

public sealed class ResponseParserTests
{
    [Theory]
    [InlineData("HTTP/1.1 202 Accepted\r\nDate: today\r\ncontent-length: 5\r\n\r\nhello", 202, "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: today\r\n\r\n", 200, "")]
    [InlineData("HTTP/1.1 204 No Content\r\nX-Influxdb-Version: 1.6\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n, and more!\r\n0\r\n\r\n", 503, "hello")]
    public void An_answer_is_whole_at_its_last_byte_and_not_before(string text, int status, string begins)
    {
        var bytes = Encoding.ASCII.GetBytes(text.Replace("and more!", "and more", StringComparison.Ordinal));

        for (var cut = 0; cut < bytes.Length; cut++)
            Assert.False(ResponseParser.TryRead(bytes.AsSpan(0, cut), out _, out _), $"cut at {cut}");

        Assert.True(ResponseParser.TryRead(bytes, out var said, out var body));
        Assert.Equal(status, said);
        Assert.StartsWith(begins, Encoding.ASCII.GetString(bytes[body..]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nno length\r\n")]
    public void What_it_cannot_tell_the_end_of_ends_the_run(string text)
    {
        Assert.Throws<InvalidDataException>(() => ResponseParser.TryRead(Encoding.ASCII.GetBytes(text), out _, out _));
    }
}
