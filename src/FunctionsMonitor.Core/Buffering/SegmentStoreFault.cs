namespace FunctionsMonitor.Buffering;

public enum SegmentStoreFault
{
    /// <summary>Nothing was written, and nothing of it will appear later.</summary>
    NotWritten,

    /// <summary>It may have been written.</summary>
    Unknown,
}
