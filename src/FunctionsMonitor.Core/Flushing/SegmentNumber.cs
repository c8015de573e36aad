namespace FunctionsMonitor.Flushing;

/// <summary>One of the numbers of an incarnation.</summary>
public readonly record struct SegmentNumber(Guid Incarnation, long Number);
