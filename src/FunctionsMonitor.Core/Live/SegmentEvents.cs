using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Live;

/// <summary>Finds the events of a segment that another instance has written: in the buffer, or, when it was flushed meanwhile, in the metrics store.</summary>
internal sealed class SegmentEvents(ISegmentStore segments, IMetricsQueries queries)
{
    /// <summary>Of a segment that was flushed already, so many of the newest at most.</summary>
    private const int MaxStored = 1000;

    /// <summary>What can be found; fewer than the segment's count when it is in neither place, or not whole.</summary>
    public async ValueTask<IReadOnlyList<LiveEvent>> ReadAsync(LiveMessage message, CancellationToken cancellationToken)
    {
        var name = message.Segment!.Value;
        if (await segments.ReadAsync(name.ToString(), cancellationToken).ConfigureAwait(false) is { } bytes)
            return Decode(bytes, name);

        var stored = await queries.ListEventsAsync(
            new EventQuery { From = message.First, To = message.Last + 1, Limit = MaxStored }, cancellationToken).ConfigureAwait(false);
        return [.. stored.Where(item => item.SegmentId == name.Id).Reverse().Select(item => new LiveEvent(item))];
    }

    private static List<LiveEvent> Decode(ReadOnlyMemory<byte> bytes, SegmentName name)
    {
        var events = new List<LiveEvent>(name.Count);
        foreach (var item in SegmentCodec.Decode(bytes, name))
            events.Add(LiveEvent.Copy(item, name.Id));
        return events;
    }
}
