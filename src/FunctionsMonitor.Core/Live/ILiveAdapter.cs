namespace FunctionsMonitor.Live;

/// <summary>One way from a durable segment to subscribers.</summary>
internal interface ILiveAdapter
{
    /// <summary>Whether anybody may want the next segment. Asked at every one: it waits for nothing and allocates nothing.</summary>
    bool IsListening { get; }

    /// <summary>Takes what it wants of the segment, which is the caller's again afterwards. Takes it or drops it, and counts that; never waits.</summary>
    void Publish(LiveSegment segment);

    LiveAdapterMetrics GetMetrics();
}
