using System.Buffers.Binary;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.TestSupport.Segments;

/// <summary>Names as one process makes them: each later than the one before, with random ends.</summary>
public sealed class SegmentNames
{
    private readonly Guid incarnation = Guid.NewGuid();
    private readonly DateTimeOffset start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private long number;

    public SegmentName Next()
    {
        number++;
        return new(Guid.CreateVersion7(start.AddMilliseconds(number)), incarnation, number, 5, number * 5);
    }

    public IReadOnlyList<SegmentName> Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    /// <summary>One whose id ends on this hexadecimal digit.</summary>
    public SegmentName EndingOn(char digit)
    {
        var name = Next();
        Span<byte> bytes = stackalloc byte[16];
        name.Id.TryWriteBytes(bytes, bigEndian: true, out _);
        var last = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) & 0xFFFF_FFF0 | Convert.ToUInt32(digit.ToString(), 16);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], last);
        return name with { Id = new Guid(bytes, bigEndian: true) };
    }
}
