using System.Buffers.Text;

namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>
/// As much of HTTP/1.1 as it takes to tell where an answer ends: a length, chunks, or a status that has no body. What a client does
/// beyond that is taken from the server, on the same cores.
/// </summary>
internal static class ResponseParser
{
    private const int StatusAt = 9;
    private static ReadOnlySpan<byte> EndOfHeaders => "\r\n\r\n"u8;

    /// <summary>False while it is not all there.</summary>
    /// <param name="received">All bytes since the last answer.</param>
    /// <param name="status">The status code.</param>
    /// <param name="body">Where its bytes begin; of several chunks, those of the first.</param>
    /// <exception cref="InvalidDataException">No answer of HTTP/1.1, or one that goes on behind its end.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, out int status, out int body)
    {
        (status, body) = (0, 0);
        var headers = received.IndexOf(EndOfHeaders);
        if (headers < 0)
            return false;

        if (!received.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(received[StatusAt..], out status, out int digits) || digits != 3)
            throw new InvalidDataException("This is no answer of HTTP/1.1.");

        body = headers + EndOfHeaders.Length;
        var rest = received[body..];
        var hasLength = Utf8Parser.TryParse(Header(received[..(headers + 2)], "\r\ncontent-length:"u8), out int length, out _);
        var end = status is 204 or 304 ? 0 : hasLength ? length : ChunksEnd(rest);
        if (end > rest.Length || end < 0)
            return false;

        if (end > 0 && !hasLength)
            body += rest.IndexOf("\r\n"u8) + 2;

        return end == rest.Length ? true : throw new InvalidDataException("The answer goes on behind its end.");
    }

    /// <summary>The value of a header; empty without it.</summary>
    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name)
    {
        while (headers.IndexOf("\r\n"u8) is >= 0 and var line)
        {
            headers = headers[line..];
            if (headers.Length > name.Length && System.Text.Ascii.EqualsIgnoreCase(headers[..name.Length], name))
                return headers[name.Length..].TrimStart((byte)' ');
            headers = headers[2..];
        }

        return [];
    }

    /// <summary>Behind the last chunk; negative while that is not there.</summary>
    private static int ChunksEnd(ReadOnlySpan<byte> body)
    {
        var at = 0;
        while (true)
        {
            var rest = body[at..];
            var line = rest.IndexOf("\r\n"u8);
            if (line < 0)
                return -1;

            if (!Utf8Parser.TryParse(rest, out int size, out var digits, 'x') || digits == 0)
                throw new InvalidDataException("The answer says neither its length nor the size of a chunk.");

            at += line + 2 + size + 2;
            if (at > body.Length)
                return -1;
            if (size == 0)
                return at;
        }
    }
}
