namespace FunctionsMonitor.Flags;

/// <summary>Where the value of a flag comes from.</summary>
public sealed record FlagResolution(FlagDefinition Flag, object Value, string Source, DateTimeOffset? AnsweredAt, IReadOnlyList<IgnoredValue> Ignored);
