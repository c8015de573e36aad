using FunctionsMonitor.Flags;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A rule between flags that does not hold.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Flags">The flags it is about.</param>
/// <param name="Message">What is wrong.</param>
public sealed record FlagViolationResponse(string Rule, IReadOnlyList<string> Flags, string Message)
{
    public static FlagViolationResponse Of(FlagViolation violation) => new(violation.Rule, violation.Flags, violation.Message);
}
