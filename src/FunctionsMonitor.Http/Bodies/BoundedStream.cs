using FunctionsMonitor.Events;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>Lets so many bytes through and refuses the body at the next one.</summary>
internal sealed class BoundedStream(Stream inner, long maxBytes, string message) : ReadOnlyStream(inner)
{
    public long BytesRead { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        BytesRead += count;
        return BytesRead <= maxBytes ? count : throw new EventBodyException(EventBodyFault.TooLarge, message);
    }
}
