using FunctionsMonitor.Events;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>The events of one batch that are known to be refused.</summary>
internal sealed class RefusedEvents
{
    private readonly Dictionary<(Guid SegmentId, int Position), RowRefusal> found = [];

    public int Count => found.Count;

    public void Add(Guid segmentId, int position, RowRefusal refusal) => found.Add((segmentId, position), refusal);

    /// <summary>Null when the event may be stored as far as anybody knows.</summary>
    public RowRefusal? Find(Guid segmentId, int position, in MonitoringEvent item)
    {
        if (item.Type.Span.Contains((byte)0) || item.Source.Span.Contains((byte)0))
            return PostgresRefusals.Nul;

        return found.Count > 0 && found.TryGetValue((segmentId, position), out var refusal) ? refusal : null;
    }
}
