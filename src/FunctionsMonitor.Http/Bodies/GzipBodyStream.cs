using System.IO.Compression;
using FunctionsMonitor.Http.Problems;
using Microsoft.Net.Http.Headers;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>Says of broken gzip that it is the client's.</summary>
internal sealed class GzipBodyStream(GZipStream inner) : ReadOnlyStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw new ProblemException(Problem.Of(ProblemTypes.MalformedGzip, exception.Message) with { Field = HeaderNames.ContentEncoding });
        }
    }
}
