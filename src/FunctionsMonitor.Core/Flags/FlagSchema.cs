namespace FunctionsMonitor.Flags;

/// <summary>All flags, and the rules between them.</summary>
public static class FlagSchema
{
    public const string AdapterWebSocket = "websocket";
    public const string AdapterRealtime = "realtime";
    public const string AdapterDual = "dual";

    public static FlagDefinition<bool> UseAdapter { get; } = new("MONITORING_USE_ADAPTER", FlagType.Bool, true, "Broadcast accepted events to live subscribers.");

    public static FlagDefinition<string> AdapterType { get; } = new(
        "MONITORING_ADAPTER_TYPE", FlagType.String, AdapterRealtime, "Which live adapter: websocket, realtime or dual.",
        "websocket, realtime or dual is expected", value => value is AdapterWebSocket or AdapterRealtime or AdapterDual);

    public static FlagDefinition<bool> DualMode { get; } = new("MONITORING_DUAL_MODE", FlagType.Bool, false, "Both live adapters, whatever the type says.");

    public static FlagDefinition<bool> EnableValidation { get; } = new("MONITORING_ENABLE_VALIDATION", FlagType.Bool, true, "Validate events.");

    public static FlagDefinition<bool> ValidationStrict { get; } = new(
        "MONITORING_VALIDATION_STRICT", FlagType.Bool, false, "Reject invalid events instead of storing them marked.");

    public static FlagDefinition<int> MetricsFlushInterval { get; } = new(
        "MONITORING_METRICS_FLUSH_INTERVAL", FlagType.Int, 300, "Seconds between flushes.", "more than 0 seconds is expected", value => value > 0);

    public static FlagDefinition<bool> MetricsPersistence { get; } = new(
        "MONITORING_METRICS_PERSISTENCE", FlagType.Bool, true, "Flush; when off, segments stay in the buffer.");

    public static FlagDefinition<int> BatchSize { get; } = new(
        "MONITORING_BATCH_SIZE", FlagType.Int, 100, "A flush is due early once this many events are pending.", "more than 0 events is expected",
        value => value > 0);

    public static FlagDefinition<int> TimeoutMs { get; } = new(
        "MONITORING_TIMEOUT_MS", FlagType.Int, 5000, "Milliseconds that one operation on a store may take.", "more than 0 milliseconds is expected",
        value => value > 0);

    /// <summary>Every flag; its place here is its place in a snapshot.</summary>
    public static IReadOnlyList<FlagDefinition> All { get; } = Number(
        UseAdapter, AdapterType, DualMode, EnableValidation, ValidationStrict, MetricsFlushInterval, MetricsPersistence, BatchSize, TimeoutMs);

    /// <summary>The first eight.</summary>
    public static IReadOnlyList<FlagDefinition> Core { get; } = [.. All.Take(8)];

    public static IReadOnlyList<FlagRule> Rules { get; } =
    [
        new("dual_mode_needs_adapter", [DualMode, UseAdapter], $"{DualMode.Name} is on, but {UseAdapter.Name} is off: nothing is broadcast.",
            flags => !flags.Get(DualMode) || flags.Get(UseAdapter)),
        new("strict_needs_validation", [ValidationStrict, EnableValidation],
            $"{ValidationStrict.Name} is on, but {EnableValidation.Name} is off: nothing is validated.",
            flags => !flags.Get(ValidationStrict) || flags.Get(EnableValidation)),
        new("persistence_needs_interval", [MetricsPersistence, MetricsFlushInterval],
            $"{MetricsPersistence.Name} is on, but {MetricsFlushInterval.Name} is not above 0.",
            flags => !flags.Get(MetricsPersistence) || flags.Get(MetricsFlushInterval) > 0),
    ];

    public static FlagDefinition? Find(string name) => All.FirstOrDefault(flag => flag.Name == name);

    private static FlagDefinition[] Number(params FlagDefinition[] flags)
    {
        for (var i = 0; i < flags.Length; i++)
            flags[i].Index = i;
        return flags;
    }
}
