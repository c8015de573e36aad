namespace FunctionsMonitor.Flags;

/// <summary>
/// The values of all flags at one moment. Immutable: whoever takes one for a request or a flush sees one consistent set to its end. Reading
/// is an array access; it locks and allocates nothing.
/// </summary>
public sealed class FlagSnapshot
{
    private readonly object[] values;

    internal FlagSnapshot(IReadOnlyList<FlagResolution> resolutions, IReadOnlyList<string> sourceProblems)
    {
        Resolutions = resolutions;
        values = [.. resolutions.Select(resolution => resolution.Value)];
        UseAdapter = Get(FlagSchema.UseAdapter);
        AdapterType = Get(FlagSchema.DualMode) ? FlagSchema.AdapterDual : Get(FlagSchema.AdapterType);
        ValidationEnabled = Get(FlagSchema.EnableValidation);
        ValidationStrict = ValidationEnabled && Get(FlagSchema.ValidationStrict);
        PersistenceEnabled = Get(FlagSchema.MetricsPersistence);
        FlushInterval = TimeSpan.FromSeconds(Get(FlagSchema.MetricsFlushInterval));
        BatchSize = Get(FlagSchema.BatchSize);
        OperationTimeout = TimeSpan.FromMilliseconds(Get(FlagSchema.TimeoutMs));
        Violations =
        [
            .. FlagSchema.Rules.Where(rule => !rule.Holds(this)).Select(rule => new FlagViolation(rule.Name, [.. rule.Flags.Select(flag => flag.Name)], rule.Message)),
        ];
        Problems =
        [
            .. sourceProblems,
            .. resolutions.SelectMany(resolution => resolution.Ignored.Select(
                ignored => $"{resolution.Flag.Name} from {ignored.Source} is '{ignored.Value}': {ignored.Reason}; {(ignored.KeptLastGood ? "its last good value" : resolution.Source)} is used.")),
            .. Violations.Select(violation => violation.Message),
        ];
    }

    public bool UseAdapter { get; }

    /// <summary>As it takes effect: <c>MONITORING_DUAL_MODE</c> wins over the type.</summary>
    public string AdapterType { get; }

    public bool ValidationEnabled { get; }

    /// <summary>As it takes effect: never while validation is off.</summary>
    public bool ValidationStrict { get; }

    public bool PersistenceEnabled { get; }

    public TimeSpan FlushInterval { get; }

    /// <summary>Pending events at which a flush is due early.</summary>
    public int BatchSize { get; }

    public TimeSpan OperationTimeout { get; }

    public IReadOnlyList<FlagViolation> Violations { get; }

    /// <summary>Everything that is wrong with flags, in words: sources, values, rules between them.</summary>
    public IReadOnlyList<string> Problems { get; }

    public IReadOnlyList<FlagResolution> Resolutions { get; }

    public T Get<T>(FlagDefinition<T> flag) where T : notnull => (T)values[flag.Index];
}
