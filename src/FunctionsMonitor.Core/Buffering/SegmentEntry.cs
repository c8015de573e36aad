namespace FunctionsMonitor.Buffering;

/// <summary>One entry of a listing. A segment's takes 72 bytes and nothing beside them: a hundred thousand names as texts would be 25 MB.</summary>
public readonly record struct SegmentEntry
{
    private readonly SegmentName name;
    private readonly string? other;

    /// <summary>A segment.</summary>
    public SegmentEntry(SegmentName name, long bytes)
    {
        this.name = name;
        Bytes = bytes;
    }

    private SegmentEntry(string other, long bytes)
    {
        this.other = other;
        Bytes = bytes;
    }

    /// <summary>Entries as texts order their names, and so segments by the time they were named.</summary>
    public static Comparer<SegmentEntry> ByName { get; } = Comparer<SegmentEntry>.Create(static (a, b) =>
        a.other is null && b.other is null && a.name.Id != b.name.Id ? a.name.Id.CompareTo(b.name.Id) : string.CompareOrdinal(a.FileName, b.FileName));

    /// <summary>As the store has it; made anew at each call for a segment.</summary>
    public string FileName => other ?? name.ToString();

    /// <summary>Null when the file name is not a segment's.</summary>
    public SegmentName? Name => other is null ? name : null;

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>What has this name.</summary>
    public static SegmentEntry Of(ReadOnlySpan<char> fileName, long bytes) =>
        SegmentName.TryParse(fileName, out var name) ? new(name, bytes) : NoSegment(fileName.ToString(), bytes);

    /// <summary>What is no segment, whatever its name says.</summary>
    public static SegmentEntry NoSegment(string fileName, long bytes) => new(fileName, bytes);
}
