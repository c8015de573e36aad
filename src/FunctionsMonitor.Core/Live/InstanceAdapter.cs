namespace FunctionsMonitor.Live;

/// <summary>Pushes the events of this instance to its subscribers directly: <c>websocket</c>, and <c>realtime</c> where nothing connects the instances.</summary>
internal sealed class InstanceAdapter(string name, LiveHub hub, TimeProvider time) : ILiveAdapter
{
    public const string InProcess = "in_process";
    private readonly AdapterCounters counters = new(time);

    public bool IsListening => hub.IsActive;

    public void Publish(LiveSegment segment)
    {
        long events = 0, duplicates = 0;
        foreach (var item in segment.Read())
        {
            events++;
            duplicates += hub.Publish(item) ? 0 : 1;
        }

        counters.Publish(events);
        counters.Receive(events, duplicates);
    }

    public LiveAdapterMetrics GetMetrics() => counters.ToMetrics(name, InProcess, hub.IsActive ? LiveAdapterState.Live : LiveAdapterState.Idle);
}
