using FunctionsMonitor.Flags;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A value that a source gave and that was not used.</summary>
/// <param name="Source">Who gave it.</param>
/// <param name="Value">As it was given.</param>
/// <param name="Reason">Why it cannot be used.</param>
/// <param name="KeptLastGood">The last good value of the same source is used instead; else the next source's.</param>
public sealed record IgnoredFlagValueResponse(string Source, string Value, string Reason, bool KeptLastGood)
{
    public static IgnoredFlagValueResponse Of(IgnoredValue ignored) => new(ignored.Source, ignored.Value, ignored.Reason, ignored.KeptLastGood);
}
