namespace FunctionsMonitor.Buffering;

/// <summary>A segment store could not do what it was asked.</summary>
public sealed class SegmentStoreException(SegmentStoreFault fault, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public SegmentStoreFault Fault { get; } = fault;
}
