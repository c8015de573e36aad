using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Http.Responses;

/// <summary>What waits to be flushed, as last measured.</summary>
/// <param name="Segments">Segments.</param>
/// <param name="Events">Events in them.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="OldestAt">When the oldest was written; absent when none waits.</param>
/// <param name="OverCap">Events are refused until a flush has drained it.</param>
public sealed record SummaryBufferResponse(long Segments, long Events, long Bytes, DateTimeOffset? OldestAt, bool OverCap)
{
    public static SummaryBufferResponse Of(BufferDepth depth) => new(depth.Segments, depth.Events, depth.Bytes, depth.OldestAt, depth.OverCap);
}
