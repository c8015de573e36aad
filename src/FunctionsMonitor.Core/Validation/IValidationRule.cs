using FunctionsMonitor.Events;

namespace FunctionsMonitor.Validation;

/// <summary>
/// One thing that must hold of an event. Rules are singletons and are called from many threads; one that passes must not allocate.
/// Register more with <c>services.AddSingleton&lt;IValidationRule, …&gt;()</c>.
/// </summary>
public interface IValidationRule
{
    /// <summary>Stable; the <c>code</c> of its findings.</summary>
    string Name { get; }

    Severity Severity { get; }

    /// <summary>The event types it is for; null for all.</summary>
    IReadOnlyCollection<string>? EventTypes { get; }

    /// <summary>The field it looks at, for its findings; null when it is the event as a whole.</summary>
    string? Field { get; }

    /// <summary>Null when the event passes, else what is wrong, in words.</summary>
    string? Check(ParsedEvent candidate, in ValidationContext context);
}
