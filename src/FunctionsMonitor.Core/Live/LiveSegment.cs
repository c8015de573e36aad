using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Live;

/// <summary>A segment that has just become durable, with the memory that its records were collected in. Dispose gives that back.</summary>
internal sealed class LiveSegment(SegmentName name, IReadOnlyList<PooledBytes> parts) : IDisposable
{
    public SegmentName Name => name;

    public int Bytes { get; } = parts.Sum(part => part.Length);

    public IReadOnlyList<PooledBytes> Parts => parts;

    /// <summary>Copies of its events, in the order in which they were received.</summary>
    public IEnumerable<LiveEvent> Read()
    {
        foreach (var part in parts)
        {
            var offset = 0;
            while (EventRecord.TryRead(part.Written, ref offset, out var item))
                yield return LiveEvent.Copy(item, name.Id);
        }
    }

    public void Dispose()
    {
        foreach (var part in parts)
            part.Dispose();
    }
}
