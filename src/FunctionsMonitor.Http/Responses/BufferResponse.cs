using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Http.Responses;

/// <summary>What waits to be flushed, as last measured.</summary>
/// <param name="Segments">Segments.</param>
/// <param name="Events">Events in them.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="OldestAt">When the oldest was written; absent when none waits.</param>
/// <param name="OldestAgeSeconds">How long ago that is.</param>
/// <param name="MeasuredAt">When the buffer was last listed; absent before the first time.</param>
/// <param name="OverCap">Events are refused until a flush has drained it.</param>
public sealed record BufferResponse(
    long Segments, long Events, long Bytes, DateTimeOffset? OldestAt, double? OldestAgeSeconds, DateTimeOffset? MeasuredAt, bool OverCap)
{
    public static BufferResponse Of(BufferDepth depth, DateTimeOffset now) => new(
        depth.Segments, depth.Events, depth.Bytes, depth.OldestAt, (now - depth.OldestAt)?.TotalSeconds, depth.MeasuredAt, depth.OverCap);
}
