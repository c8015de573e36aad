using FunctionsMonitor.Events;

namespace FunctionsMonitor.Validation;

/// <summary>A rule about the envelope, for every event type.</summary>
internal sealed class EnvelopeRule(string name, Severity severity, string? field, Func<ParsedEvent, ValidationContext, string?> check) : IValidationRule
{
    public string Name { get; } = name;

    public Severity Severity { get; } = severity;

    public IReadOnlyCollection<string>? EventTypes => null;

    public string? Field { get; } = field;

    public string? Check(ParsedEvent candidate, in ValidationContext context) => check(candidate, context);
}
