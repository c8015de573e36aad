using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The row that a flushed segment leaves.</summary>
/// <param name="Name">Id, incarnation, number, count and the events acknowledged through it.</param>
/// <param name="Counts">What became of its events.</param>
/// <param name="Abandoned">Numbers its header lists as abandoned.</param>
internal sealed record SegmentRow(SegmentName Name, SegmentCounts Counts, IReadOnlyList<long> Abandoned);
