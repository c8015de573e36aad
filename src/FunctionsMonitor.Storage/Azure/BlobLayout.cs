using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// Where things are in the container. A segment is <c>segments/{0 to f}/{name}</c>: the digit is 0 or, with names spread, the last one of its id,
/// which is random. So each segment has at most two places, whatever the setting was when it was written.
/// </summary>
internal static class BlobLayout
{
    public const string Segments = "segments/";
    public const string Quarantine = "quarantine/";

    /// <summary>Of a stray blob with the name of a segment: that name alone would lead to the segment in its own place.</summary>
    private const string Beside = "./";

    private const int LastDigitOfId = 31;

    /// <summary>Where it is written.</summary>
    public static string PathOf(SegmentName name, bool spread) => PathOf(name.ToString(), spread);

    /// <summary>Where it may be, the likelier place first; the only place for what has not the name of a segment.</summary>
    public static IReadOnlyList<string> PathsOf(string fileName, bool spread)
    {
        if (!SegmentName.TryParse(fileName, out _))
            return [Segments + (fileName.StartsWith(Beside, StringComparison.Ordinal) ? fileName[Beside.Length..] : fileName)];

        var path = PathOf(fileName, spread);
        var other = PathOf(fileName, !spread);
        return path == other ? [path] : [path, other];
    }

    /// <summary>A segment that is not in one of its own places is none: nobody would find it there again.</summary>
    public static SegmentEntry EntryOf(string path, long bytes)
    {
        var fileName = path[Segments.Length..];
        return fileName is [var digit, '/', .. var rest] && SegmentName.TryParse(rest, out var name) && (digit == '0' || digit == rest[LastDigitOfId])
            ? new(name, bytes)
            : SegmentEntry.NoSegment(SegmentName.TryParse(fileName, out _) ? Beside + fileName : fileName, bytes);
    }

    private static string PathOf(string fileName, bool spread) => $"{Segments}{(spread ? fileName[LastDigitOfId] : '0')}/{fileName}";
}
