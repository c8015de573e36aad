namespace FunctionsMonitor.Flushing;

/// <summary>How many rows a retention run removed.</summary>
public sealed record RetentionReport(long Events, long DeadLetters, long SegmentRows, long Flushes);
