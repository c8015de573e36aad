namespace FunctionsMonitor.Flushing;

/// <summary>Numbers without a gap, both ends included.</summary>
public readonly record struct SegmentRun(long From, long Through);
