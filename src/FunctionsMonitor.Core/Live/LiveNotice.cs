using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Live;

/// <summary>
/// What one instance tells the others of a durable segment, as texts of bounded size. It is told where it is: <c>S</c>, its name, and the first and
/// last timestamp in it. Where contents may be told (whoever can listen can read them), a small one is told whole: <c>E</c> and, in base64,
/// its id and some of its records.
/// </summary>
internal static class LiveNotice
{
    /// <summary>Beyond it the others read the segment themselves: one small text then instead of many large ones.</summary>
    public const int MaxPayloads = 8;

    private const char Events = 'E';
    private const char Segment = 'S';
    private const int IdBytes = 16;

    public static IReadOnlyList<string> Write(LiveSegment segment, int maxPayloadBytes, bool contents)
    {
        var maxRecordBytes = ((maxPayloadBytes - 1) / 4 * 3) - IdBytes;
        if (contents && segment.Bytes <= (long)maxRecordBytes * MaxPayloads && TryWriteEvents(segment, maxRecordBytes) is { } payloads)
            return payloads;

        var (first, last) = Range(segment);
        return [$"{Segment} {segment.Name} {first} {last}"];
    }

    /// <returns>Null for what no version of this program has sent.</returns>
    public static LiveMessage? Read(string payload)
    {
        if (payload.StartsWith(Events))
            return ReadEvents(payload.AsSpan(1));

        var parts = payload.Split(' ');
        return parts is [[Segment], var text, var from, var to] && SegmentName.TryParse(text, out var name)
            && long.TryParse(from, out var first) && long.TryParse(to, out var last)
            ? new(name, first, last, [])
            : null;
    }

    /// <summary>Null when a record does not fit, or there would be too many texts.</summary>
    private static List<string>? TryWriteEvents(LiveSegment segment, int maxRecordBytes)
    {
        var payloads = new List<string>();
        var bytes = new byte[IdBytes + maxRecordBytes];
        segment.Name.Id.TryWriteBytes(bytes, bigEndian: true, out _);
        var length = IdBytes;
        foreach (var part in segment.Parts)
        {
            int offset = 0, start = 0;
            while (EventRecord.TryRead(part.Written, ref offset, out _))
            {
                var record = part.WrittenSpan[start..offset];
                start = offset;
                if (record.Length > maxRecordBytes)
                    return null;

                if (length + record.Length > bytes.Length)
                    Close();
                record.CopyTo(bytes.AsSpan(length));
                length += record.Length;
            }
        }

        Close();
        return payloads.Count <= MaxPayloads ? payloads : null;

        void Close()
        {
            payloads.Add(Events + Convert.ToBase64String(bytes.AsSpan(0, length)));
            length = IdBytes;
        }
    }

    private static (long First, long Last) Range(LiveSegment segment)
    {
        long first = long.MaxValue, last = long.MinValue;
        foreach (var part in segment.Parts)
        {
            var offset = 0;
            while (EventRecord.TryRead(part.Written, ref offset, out var item))
                (first, last) = (Math.Min(first, item.Timestamp), Math.Max(last, item.Timestamp));
        }

        return (first, last);
    }

    private static LiveMessage? ReadEvents(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(text, bytes, out var length) || length < IdBytes)
            return null;

        var id = new Guid(bytes.AsSpan(0, IdBytes), bigEndian: true);
        var records = bytes.AsMemory(IdBytes, length - IdBytes);
        var events = new List<LiveEvent>();
        try
        {
            var offset = 0;
            while (EventRecord.TryRead(records, ref offset, out var item))
                events.Add(LiveEvent.Copy(item, id));
        }
        catch (SegmentFormatException)
        {
            return null;
        }

        return new(null, 0, 0, events);
    }
}
