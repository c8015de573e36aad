namespace FunctionsMonitor.Live;

/// <summary>The live feed of this instance since the process began.</summary>
public sealed record LiveMetrics
{
    public required int Connections { get; init; }

    public required int MaxConnections { get; init; }

    /// <summary>Events that subscribers have taken; one that went to two counts twice.</summary>
    public required long Delivered { get; init; }

    /// <summary>Events that subscribers were too slow for, and segments there was no room for.</summary>
    public required long Dropped { get; init; }

    /// <summary>Subscribers that were turned away.</summary>
    public required long Refused { get; init; }

    /// <summary>Both adapters, whether they run or not.</summary>
    public required IReadOnlyList<LiveAdapterMetrics> Adapters { get; init; }
}
