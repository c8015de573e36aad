namespace FunctionsMonitor.Flags;

/// <summary>A rule between flags that does not hold.</summary>
public sealed record FlagViolation(string Rule, IReadOnlyList<string> Flags, string Message);
