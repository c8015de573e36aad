namespace FunctionsMonitor.Flags;

/// <summary>What a source said.</summary>
/// <param name="Values">Raw texts by name; only names that begin with <c>MONITORING_</c>.</param>
/// <param name="AnsweredAt">When.</param>
public sealed record FlagSourceAnswer(IReadOnlyDictionary<string, string> Values, DateTimeOffset AnsweredAt)
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>Which version of its setting each value is, by name; only from a source that has versions.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = None;

    /// <summary>What the source has and could not use itself, by name.</summary>
    public IReadOnlyList<(string Flag, IgnoredValue Value)> Refused { get; init; } = [];

    /// <summary>What else is wrong with the source, in words.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
