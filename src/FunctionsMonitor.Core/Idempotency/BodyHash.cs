using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Idempotency;

/// <summary>
/// The hash of a body, taken from its bytes as they pass. Of the decompressed bytes: a client that compresses its second try otherwise sends the
/// same. And of the format, because the same bytes as one object and as one line are read differently.
/// </summary>
internal sealed class BodyHash : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public BodyHash(EventFormat format) => hash.AppendData([(byte)format]);

    /// <summary>Reads a body only to compare it.</summary>
    /// <exception cref="EventBodyException">It is over the limit.</exception>
    public static async ValueTask<byte[]> ReadAsync(PipeReader body, EventFormat format, IngestOptions limits, CancellationToken cancellationToken)
    {
        using var hash = new BodyHash(format);
        long read = 0;
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            hash.Append(buffer);
            read += buffer.Length;
            body.AdvanceTo(buffer.End);
            if (read > limits.MaxBodyBytes)
                throw EventReader.TooLarge(limits);
            if (result.IsCompleted)
                return hash.Get();
        }
    }

    public void Append(in ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
            hash.AppendData(segment.Span);
    }

    public byte[] Get() => hash.GetHashAndReset();

    public void Dispose() => hash.Dispose();
}
