namespace FunctionsMonitor.Buffering;

public enum SegmentFormatFault
{
    /// <summary>Not a segment at all.</summary>
    NotASegment,

    /// <summary>Shorter or longer than it says.</summary>
    Truncated,

    /// <summary>The checksum does not fit the bytes.</summary>
    Checksum,

    /// <summary>Whole, but its name says something else than its header.</summary>
    NameMismatch,

    /// <summary>Written by a newer version of this program: left alone, never quarantined.</summary>
    NewerVersion,
}
