using System.Net;
using System.Net.Http.Headers;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>A body without a length, sent piece by piece, and cut off where a piece throws.</summary>
internal sealed class ChunkedContent : HttpContent
{
    private readonly IEnumerable<byte[]> pieces;

    public ChunkedContent(string contentType, IEnumerable<byte[]> pieces, string? encoding = null)
    {
        this.pieces = pieces;
        Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (encoding is not null)
            Headers.ContentEncoding.Add(encoding);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (var piece in pieces)
        {
            await stream.WriteAsync(piece);
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
