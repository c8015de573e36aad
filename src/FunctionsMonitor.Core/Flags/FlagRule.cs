namespace FunctionsMonitor.Flags;

/// <summary>Something that must hold between flags.</summary>
/// <param name="Name">Stable.</param>
/// <param name="Flags">The flags it is about.</param>
/// <param name="Message">What is wrong when it does not hold, and what to do.</param>
/// <param name="Holds">The rule.</param>
public sealed record FlagRule(string Name, IReadOnlyList<FlagDefinition> Flags, string Message, Func<FlagSnapshot, bool> Holds);
