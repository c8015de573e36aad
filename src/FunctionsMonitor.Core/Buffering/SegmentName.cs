using System.Buffers.Binary;
using System.Globalization;

namespace FunctionsMonitor.Buffering;

/// <summary>
/// The name of a segment. It carries all that depth, age, the cap and the ledger need, so that a listing is enough and no segment
/// has to be read for them.
/// </summary>
/// <param name="Id">UUIDv7: names sort by the time they were made.</param>
/// <param name="Incarnation">The life of the process that wrote it.</param>
/// <param name="Number">1, 2, 3 … within the incarnation; a missing one shows as a gap.</param>
/// <param name="Count">How many events it holds.</param>
/// <param name="AcceptedThrough">
/// How many events this incarnation has acknowledged up to and with this segment: the witness that tells, independently of what
/// was stored, how many there should be.
/// </param>
public readonly record struct SegmentName(Guid Id, Guid Incarnation, long Number, int Count, long AcceptedThrough)
{
    public const string Extension = ".fms";

    /// <summary>Characters; the largest numbers have 19, 10 and 19 digits.</summary>
    private const int MaxLength = 2 * 32 + 19 + 10 + 19 + 4 + 4;

    /// <summary>When the segment was named, to the millisecond.</summary>
    public DateTimeOffset CreatedAt
    {
        get
        {
            Span<byte> id = stackalloc byte[16];
            Id.TryWriteBytes(id, bigEndian: true, out _);
            return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(id) >>> 16);
        }
    }

    public override string ToString() => Write(stackalloc char[MaxLength]).ToString();

    /// <summary>False for anything that <see cref="ToString"/> would not have written.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SegmentName name)
    {
        name = default;
        if (!text.EndsWith(Extension, StringComparison.Ordinal))
            return false;

        Span<Range> parts = stackalloc Range[6];
        var body = text[..^Extension.Length];
        if (body.Split(parts, '-') != 5
            || !Guid.TryParseExact(body[parts[0]], "N", out var id)
            || !Guid.TryParseExact(body[parts[1]], "N", out var incarnation)
            || !long.TryParse(body[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !int.TryParse(body[parts[3]], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || !long.TryParse(body[parts[4]], NumberStyles.None, CultureInfo.InvariantCulture, out var through))
            return false;

        var parsed = new SegmentName(id, incarnation, number, count, through);
        if (id.Version != 7 || number < 1 || through < count || !text.SequenceEqual(parsed.Write(stackalloc char[MaxLength])))
            return false;

        name = parsed;
        return true;
    }

    private ReadOnlySpan<char> Write(Span<char> text)
    {
        var length = Append(text, Id, "N");
        length += Append(text[length..], Incarnation, "-N");
        length += Append(text[length..], Number, "-D10");
        length += Append(text[length..], Count, "-D6");
        length += Append(text[length..], AcceptedThrough, "-D13");
        Extension.CopyTo(text[length..]);
        return text[..(length + Extension.Length)];
    }

    /// <summary>An interpolated string would do the same and box each part until it is compiled for the second time.</summary>
    private static int Append<T>(Span<char> text, T part, ReadOnlySpan<char> format) where T : ISpanFormattable
    {
        var from = 0;
        if (format[0] == '-')
            text[from++] = '-';
        part.TryFormat(text[from..], out var written, format[from..], CultureInfo.InvariantCulture);
        return from + written;
    }
}
