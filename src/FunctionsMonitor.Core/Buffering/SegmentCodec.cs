using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;

namespace FunctionsMonitor.Buffering;

/// <summary>
/// The bytes of a segment: <c>magic 8 | version u16 | reserved u16 | header length u32 | body length u64 | XXH128 16</c>, the header as
/// JSON, then the records. The hash covers the first 24 bytes, the header and the body: any flipped bit shows.
/// </summary>
internal static class SegmentCodec
{
    public const ushort Version = 1;
    public const int PrefixBytes = 40;
    private const int HashedPrefixBytes = 24;

    /// <summary>Half a kilobyte, which a small segment has not more of.</summary>
    [ThreadStatic]
    private static XxHash128? hashOfThread;

    private static ReadOnlySpan<byte> Magic => "FMSEGM\r\n"u8;

    /// <summary>Prefix and header for a body of records; the body itself is not copied.</summary>
    public static byte[] EncodeHead(SegmentHeader header, IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(header, SegmentJson.Default.SegmentHeader);
        var head = new byte[PrefixBytes + json.Length];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(12), (uint)json.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), body.Sum(part => (long)part.Length));
        json.CopyTo(head, PrefixBytes);

        var hash = FreshHash();
        hash.Append(head.AsSpan(0, HashedPrefixBytes));
        hash.Append(json);
        foreach (var part in body)
            hash.Append(part.Span);
        hash.GetHashAndReset(head.AsSpan(HashedPrefixBytes));
        return head;
    }

    /// <exception cref="SegmentFormatException">The bytes are not a whole segment of a version that this program knows.</exception>
    public static DecodedSegment Decode(ReadOnlyMemory<byte> bytes, SegmentName? expected = null)
    {
        var span = bytes.Span;
        if (span.Length < Magic.Length || !span.StartsWith(Magic))
            throw new SegmentFormatException(SegmentFormatFault.NotASegment, "The file does not begin as a segment does.");
        if (span.Length < PrefixBytes)
            throw new SegmentFormatException(SegmentFormatFault.Truncated, $"Only {span.Length} bytes long.");

        var version = BinaryPrimitives.ReadUInt16LittleEndian(span[8..]);
        if (version > Version)
            throw new SegmentFormatException(SegmentFormatFault.NewerVersion, $"Format version {version}; this program knows {Version}.");

        var headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(span[12..]);
        var bodyBytes = BinaryPrimitives.ReadInt64LittleEndian(span[16..]);
        if (headerBytes > span.Length || bodyBytes < 0 || PrefixBytes + headerBytes + bodyBytes != span.Length)
            throw new SegmentFormatException(
                SegmentFormatFault.Truncated, $"{span.Length} bytes long, but it says {(decimal)PrefixBytes + headerBytes + bodyBytes}.");

        var hash = FreshHash();
        hash.Append(span[..HashedPrefixBytes]);
        hash.Append(span[PrefixBytes..]);
        Span<byte> actual = stackalloc byte[16];
        hash.GetHashAndReset(actual);
        if (!actual.SequenceEqual(span[HashedPrefixBytes..PrefixBytes]))
            throw new SegmentFormatException(SegmentFormatFault.Checksum, "The checksum does not fit the bytes.");

        var header = ReadHeader(span.Slice(PrefixBytes, (int)headerBytes));
        if (expected is { } name && header.Name != name)
            throw new SegmentFormatException(SegmentFormatFault.NameMismatch, $"The header says it is {header.Name}.");

        return new DecodedSegment(header, bytes[(PrefixBytes + (int)headerBytes)..]);
    }

    private static XxHash128 FreshHash()
    {
        var hash = hashOfThread ??= new XxHash128();
        hash.Reset();
        return hash;
    }

    /// <summary>A whole segment with a header that is none was written so by some other program: it must not stop every flush.</summary>
    private static SegmentHeader ReadHeader(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SegmentJson.Default.SegmentHeader)
                ?? throw new SegmentFormatException(SegmentFormatFault.NotASegment, "The header is null.");
        }
        catch (JsonException exception)
        {
            throw new SegmentFormatException(SegmentFormatFault.NotASegment, $"The header cannot be read: {exception.Message}");
        }
    }
}
