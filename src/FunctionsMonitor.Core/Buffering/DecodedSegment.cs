using FunctionsMonitor.Events;

namespace FunctionsMonitor.Buffering;

/// <summary>A segment that was read and found whole.</summary>
public sealed class DecodedSegment
{
    private readonly ReadOnlyMemory<byte> body;

    internal DecodedSegment(SegmentHeader header, ReadOnlyMemory<byte> body)
    {
        Header = header;
        this.body = body;
    }

    public SegmentHeader Header { get; }

    /// <summary>The events in the order in which they were received; views over the segment's bytes. <c>foreach</c> allocates nothing.</summary>
    public Enumerator GetEnumerator() => new(body);

    public struct Enumerator(ReadOnlyMemory<byte> body)
    {
        private int offset;
        private MonitoringEvent current;

        public readonly MonitoringEvent Current => current;

        public bool MoveNext() => EventRecord.TryRead(body, ref offset, out current);
    }
}
