namespace FunctionsMonitor.Buffering;

/// <summary>A segment's bytes are not what a segment's bytes must be.</summary>
public sealed class SegmentFormatException(SegmentFormatFault fault, string message) : Exception(message)
{
    public SegmentFormatFault Fault { get; } = fault;
}
