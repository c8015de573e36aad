using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Live;

/// <summary>A notice that was read: events, or the segment they are in.</summary>
/// <param name="Segment">Where the events are; null when they are here.</param>
/// <param name="First">The first timestamp in the segment, in microseconds since the Unix epoch.</param>
/// <param name="Last">The last one.</param>
/// <param name="Events">The events.</param>
internal sealed record LiveMessage(SegmentName? Segment, long First, long Last, IReadOnlyList<LiveEvent> Events);
