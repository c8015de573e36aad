using System.Buffers.Binary;

namespace FunctionsMonitor.Buffering;

/// <summary>
/// UUIDv7s of one process that always rise, also within a millisecond and when the clock steps back (RFC 9562, section 6.2, method 2): the
/// buffer is flushed in the order of its names, and of two events with one identity the first one written must stay.
/// </summary>
internal sealed class SegmentIds
{
    private UInt128 last;

    public Guid Next(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        var next = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        if (next <= last)
            next = last + 1;
        last = next;
        BinaryPrimitives.WriteUInt128BigEndian(bytes, next);
        return new Guid(bytes, bigEndian: true);
    }
}
