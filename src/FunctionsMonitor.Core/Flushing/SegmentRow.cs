using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Flushing;

/// <summary>The row that a flushed segment leaves.</summary>
/// <param name="Name">Id, incarnation, number, count and the events acknowledged through it.</param>
/// <param name="Counts">What became of its events.</param>
/// <param name="Abandoned">Numbers its header lists as abandoned.</param>
public sealed record SegmentRow(SegmentName Name, SegmentCounts Counts, IReadOnlyList<long> Abandoned);
