namespace FunctionsMonitor.Flags;

/// <summary>What a source said.</summary>
/// <param name="Values">Raw texts by name; only names that begin with <c>MONITORING_</c>.</param>
/// <param name="AnsweredAt">When.</param>
public sealed record FlagSourceAnswer(IReadOnlyDictionary<string, string> Values, DateTimeOffset AnsweredAt);
