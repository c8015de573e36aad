using FunctionsMonitor.Flags;
using FunctionsMonitor.Live;

namespace FunctionsMonitor.Http.Responses;

/// <summary>The live feed of the instance that answers; another instance has other subscribers and other figures.</summary>
public sealed record AdapterResponse
{
    /// <summary>Whose figures these are.</summary>
    public required string Instance { get; init; }

    /// <summary>Since when it counts.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>What <c>MONITORING_USE_ADAPTER</c> says.</summary>
    public required bool UseAdapter { get; init; }

    /// <summary>What <c>MONITORING_ADAPTER_TYPE</c> and <c>MONITORING_DUAL_MODE</c> come to.</summary>
    public required string AdapterType { get; init; }

    /// <summary>What <c>MONITORING_DUAL_MODE</c> says.</summary>
    public required bool DualMode { get; init; }

    /// <summary>The adapters that run, by name.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>Streams that are open.</summary>
    public required int Connections { get; init; }

    public required int MaxConnections { get; init; }

    /// <summary>Events that subscribers have taken; one that went to two counts twice.</summary>
    public required long Delivered { get; init; }

    /// <summary>Events that subscribers were too slow for, and those there was no room for before it came to subscribers.</summary>
    public required long Dropped { get; init; }

    /// <summary>Subscribers that were turned away.</summary>
    public required long Refused { get; init; }

    /// <summary>Both adapters, whether they run or not.</summary>
    public required IReadOnlyList<LiveAdapterResponse> Adapters { get; init; }

    public static AdapterResponse Of(MonitorInstance instance, FlagSnapshot flags, LiveMetrics metrics) => new()
    {
        Instance = instance.Name,
        Since = instance.StartedAt,
        UseAdapter = flags.UseAdapter,
        AdapterType = flags.AdapterType,
        DualMode = flags.Get(FlagSchema.DualMode),
        Running = [.. metrics.Adapters.Where(adapter => adapter.State != LiveAdapterState.Off).Select(adapter => adapter.Name)],
        Connections = metrics.Connections,
        MaxConnections = metrics.MaxConnections,
        Delivered = metrics.Delivered,
        Dropped = metrics.Dropped,
        Refused = metrics.Refused,
        Adapters = [.. metrics.Adapters.Select(LiveAdapterResponse.Of)],
    };
}
