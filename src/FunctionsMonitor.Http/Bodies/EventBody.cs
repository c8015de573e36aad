using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using FunctionsMonitor.Events;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>
/// The body of <c>POST /events</c>: its format by content type, its bytes decompressed as they are read. The limit holds for the bytes as they
/// come and for the decompressed ones, so a gzip bomb costs what a plain body of that size costs.
/// </summary>
internal sealed class EventBody : IAsyncDisposable
{
    private const int ReadBytes = 16 * 1024;
    private readonly PipeReader? owned;

    private EventBody(EventFormat format, PipeReader reader, PipeReader? owned)
    {
        Format = format;
        Reader = reader;
        this.owned = owned;
    }

    public EventFormat Format { get; }

    public PipeReader Reader { get; }

    /// <summary>A CloudEvent in binary mode is read here already: its headers say what its body means.</summary>
    /// <exception cref="ProblemException">415 for what is not supported, 400 for headers that cannot be an event's attributes.</exception>
    /// <exception cref="EventBodyException">It says itself that it is too large; in binary mode also what is wrong with it.</exception>
    public static async ValueTask<EventBody> OpenAsync(HttpRequest request, IngestOptions limits, CancellationToken cancellationToken)
    {
        if (ContentTypes.IsOfCloudEvents(request.ContentType) || !CloudEventHeaders.HasAny(request.Headers))
            return Open(request, ContentTypes.EventFormatOf(request.ContentType), limits.MaxBodyBytes);

        await using var data = Open(request, EventFormat.CloudEvent, limits.MaxBodyBytes);
        var json = await BinaryCloudEvent.ReadAsync(request, data.Reader, limits, cancellationToken).ConfigureAwait(false);
        var reader = PipeReader.Create(new ReadOnlySequence<byte>(json));
        return new EventBody(EventFormat.CloudEvent, reader, reader);
    }

    private static EventBody Open(HttpRequest request, EventFormat format, long maxBytes)
    {
        var compressed = IsCompressed(request);
        if (request.ContentLength > maxBytes)
            throw new EventBodyException(EventBodyFault.TooLarge, $"The body has {request.ContentLength} bytes; it can have {maxBytes}.");
        if (!compressed)
            return new EventBody(format, request.BodyReader, owned: null);

        var bounded = new BoundedStream(request.Body, maxBytes, $"The compressed body has more than {maxBytes} bytes.");
        var decompressed = new BoundedStream(
            new GzipBodyStream(new GZipStream(bounded, CompressionMode.Decompress)), maxBytes, $"The decompressed body has more than {maxBytes} bytes.");
        var reader = PipeReader.Create(decompressed, new StreamPipeReaderOptions(bufferSize: ReadBytes, minimumReadSize: ReadBytes / 4));
        return new EventBody(format, reader, reader);
    }

    public ValueTask DisposeAsync() => owned?.CompleteAsync() ?? ValueTask.CompletedTask;

    private static bool IsCompressed(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return false;
        if (encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            return true;

        throw new ProblemException(Problem.Of(
            ProblemTypes.UnsupportedEncoding, $"The content encoding '{Binding.QueryReader.Shorten(encoding)}' is not supported; gzip and identity are.") with
        {
            Field = HeaderNames.ContentEncoding,
            Known = ["gzip", "identity"],
        });
    }
}
