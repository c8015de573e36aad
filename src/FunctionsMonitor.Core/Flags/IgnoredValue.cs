namespace FunctionsMonitor.Flags;

/// <summary>A value that a source gave and that was not used.</summary>
/// <param name="Source">Who gave it.</param>
/// <param name="Value">As it was given; at most 100 characters.</param>
/// <param name="Reason">Why it cannot be used.</param>
/// <param name="KeptLastGood">The last good value of the same source is used instead; else the next source's.</param>
public sealed record IgnoredValue(string Source, string Value, string Reason, bool KeptLastGood)
{
    private const int MaxShownCharacters = 100;

    internal static IgnoredValue Of(string source, string value, string reason, bool keptLastGood) =>
        new(source, value.Length > MaxShownCharacters ? value[..MaxShownCharacters] + "…" : value, reason, keptLastGood);
}
