using System.Buffers;
using System.Buffers.Binary;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Buffering;

/// <summary>
/// One event inside a segment, little-endian:
/// <c>length u32 | id 16 | timestamp i64 | received i64 | validation ns u32 | errors u16 | warnings u16 | marks u8 | type u16 | source u16 |
/// data i32 | metadata i32 | issues i32</c>, then the five byte strings in that order; a length of −1 means absent. <c>length</c> counts what follows it.
/// </summary>
internal static class EventRecord
{
    private const int FixedBytes = 4 + 16 + 8 + 8 + 4 + 2 + 2 + 1 + 2 + 2 + 4 + 4 + 4;

    public static void Write(IBufferWriter<byte> writer, in MonitoringEvent item)
    {
        var length = FixedBytes + item.Type.Length + item.Source.Length
            + (item.Data?.Length ?? 0) + (item.Metadata?.Length ?? 0) + (item.Issues?.Length ?? 0);
        var span = writer.GetSpan(length);

        BinaryPrimitives.WriteInt32LittleEndian(span, length - 4);
        item.Id.TryWriteBytes(span[4..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(span[20..], item.Timestamp);
        BinaryPrimitives.WriteInt64LittleEndian(span[28..], item.ReceivedAt);
        BinaryPrimitives.WriteUInt32LittleEndian(span[36..], item.ValidationNanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(span[40..], item.Errors);
        BinaryPrimitives.WriteUInt16LittleEndian(span[42..], item.Warnings);
        span[44] = (byte)item.Marks;
        BinaryPrimitives.WriteUInt16LittleEndian(span[45..], checked((ushort)item.Type.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(span[47..], checked((ushort)item.Source.Length));
        BinaryPrimitives.WriteInt32LittleEndian(span[49..], item.Data?.Length ?? -1);
        BinaryPrimitives.WriteInt32LittleEndian(span[53..], item.Metadata?.Length ?? -1);
        BinaryPrimitives.WriteInt32LittleEndian(span[57..], item.Issues?.Length ?? -1);

        var rest = span[FixedBytes..];
        Append(ref rest, item.Type);
        Append(ref rest, item.Source);
        Append(ref rest, item.Data.GetValueOrDefault());
        Append(ref rest, item.Metadata.GetValueOrDefault());
        Append(ref rest, item.Issues.GetValueOrDefault());
        writer.Advance(length);
    }

    /// <summary>Reads the record at <paramref name="offset"/> and moves past it; false at the end.</summary>
    /// <exception cref="SegmentFormatException">The lengths do not fit: only possible where the checksum was not looked at.</exception>
    public static bool TryRead(ReadOnlyMemory<byte> body, ref int offset, out MonitoringEvent item)
    {
        item = default;
        if (offset == body.Length)
            return false;

        var record = body[offset..];
        var span = record.Span;
        var length = span.Length < FixedBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(span) + 4;
        if (length < FixedBytes || length > span.Length)
            throw Broken(offset);

        var rest = record[FixedBytes..length];
        item = new MonitoringEvent
        {
            Id = new Guid(span[4..20], bigEndian: true),
            Timestamp = BinaryPrimitives.ReadInt64LittleEndian(span[20..]),
            ReceivedAt = BinaryPrimitives.ReadInt64LittleEndian(span[28..]),
            ValidationNanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(span[36..]),
            Errors = BinaryPrimitives.ReadUInt16LittleEndian(span[40..]),
            Warnings = BinaryPrimitives.ReadUInt16LittleEndian(span[42..]),
            Marks = (EventMarks)span[44],
            Type = Take(ref rest, BinaryPrimitives.ReadUInt16LittleEndian(span[45..]), offset)!.Value,
            Source = Take(ref rest, BinaryPrimitives.ReadUInt16LittleEndian(span[47..]), offset)!.Value,
            Data = Take(ref rest, BinaryPrimitives.ReadInt32LittleEndian(span[49..]), offset),
            Metadata = Take(ref rest, BinaryPrimitives.ReadInt32LittleEndian(span[53..]), offset),
            Issues = Take(ref rest, BinaryPrimitives.ReadInt32LittleEndian(span[57..]), offset),
        };
        if (!rest.IsEmpty)
            throw Broken(offset);

        offset += length;
        return true;
    }

    private static void Append(ref Span<byte> rest, ReadOnlyMemory<byte> bytes)
    {
        bytes.Span.CopyTo(rest);
        rest = rest[bytes.Length..];
    }

    private static ReadOnlyMemory<byte>? Take(ref ReadOnlyMemory<byte> rest, int length, int offset)
    {
        if (length == -1)
            return null;
        if (length < 0 || length > rest.Length)
            throw Broken(offset);

        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private static SegmentFormatException Broken(int offset) =>
        new(SegmentFormatFault.Truncated, $"The record at byte {offset} of the body does not fit into it.");
}
