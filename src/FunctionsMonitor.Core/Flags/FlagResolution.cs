namespace FunctionsMonitor.Flags;

/// <summary>Where the value of a flag comes from.</summary>
public sealed record FlagResolution(FlagDefinition Flag, object Value, string Source, DateTimeOffset? AnsweredAt, IReadOnlyList<IgnoredValue> Ignored)
{
    /// <summary>Which version of its setting the value is; null from a source without versions.</summary>
    public string? Version { get; init; }
}
