using System.Text;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Live;

/// <summary>An event on its way to subscribers, with bytes of its own. All subscribers share one object.</summary>
public sealed class LiveEvent
{
    /// <summary>What an event costs beside its bytes: the objects and two short texts.</summary>
    private const int Overhead = 256;

    internal LiveEvent(StoredEvent item) => Item = item;

    /// <summary>As the metrics store will have it.</summary>
    public StoredEvent Item { get; }

    public LiveEventId Id => new(Item.ReceivedAt, Item.Key.Id);

    /// <summary>About what it takes in memory.</summary>
    internal int Bytes => Overhead + (Item.Data?.Length ?? 0) + (Item.Metadata?.Length ?? 0) + (Item.Issues?.Length ?? 0);

    /// <summary>A copy: what <paramref name="item"/> looks into belongs to somebody else.</summary>
    internal static LiveEvent Copy(in MonitoringEvent item, Guid segmentId) => new(new StoredEvent
    {
        Key = new(item.Timestamp, item.Id),
        ReceivedAt = item.ReceivedAt,
        Type = Encoding.UTF8.GetString(item.Type.Span),
        Source = Encoding.UTF8.GetString(item.Source.Span),
        Marks = item.Marks,
        Data = Copy(item.Data),
        Metadata = Copy(item.Metadata),
        Issues = Copy(item.Issues),
        SegmentId = segmentId,
    });

    /// <summary>Absent stays absent: an array that is null would become JSON without a byte.</summary>
    private static ReadOnlyMemory<byte>? Copy(ReadOnlyMemory<byte>? json)
    {
        if (json is not { } bytes)
            return null;

        return bytes.ToArray();
    }
}
