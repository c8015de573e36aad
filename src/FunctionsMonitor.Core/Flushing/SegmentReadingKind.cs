namespace FunctionsMonitor.Flushing;

internal enum SegmentReadingKind
{
    Read,

    /// <summary>Another flusher was faster.</summary>
    Gone,

    /// <summary>Moved aside, with the reason.</summary>
    Quarantined,

    /// <summary>Left where it is.</summary>
    NewerFormat,
}
