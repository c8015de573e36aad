using System.Collections.Concurrent;
using System.Text;
using FunctionsMonitor.Events;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Validation;

/// <summary>Runs the envelope's rules and the registered ones over an event. Thread-safe; an event without findings allocates nothing.</summary>
public sealed class EventValidator(IEnumerable<IValidationRule> registered, ILogger<EventValidator> logger)
{
    /// <summary>More unknown and repeated fields than this make one finding together.</summary>
    public const int MaxFieldFindings = 20;

    private readonly (IValidationRule Rule, byte[][]? Types)[] rules = Prepare(EnvelopeRules.All.Concat(registered));
    private readonly (IValidationRule Rule, byte[][]? Types)[] cloudEventRules = Prepare(CloudEventRules.All.Concat(registered));

    private readonly ConcurrentDictionary<string, bool> reported = [];

    /// <summary>Adds a finding for every rule that does not hold.</summary>
    public void Validate(ParsedEvent candidate, in ValidationContext context, ICollection<ValidationIssue> issues)
    {
        foreach (var (rule, types) in candidate.CloudEvent is null ? rules : cloudEventRules)
        {
            if (types is null || AppliesTo(types, candidate.Type))
                Check(rule, candidate, context, issues);
        }

        var strangers = candidate.Repeated.Count + candidate.Unknown.Count;
        if (strangers > MaxFieldFindings)
        {
            // A finding is larger than the field it is about: of a megabyte of fields like "a":1 there would be twenty of findings.
            issues.Add(new(
                null, "fields_too_many", candidate.Repeated.Count > 0 ? Severity.Error : Severity.Warning,
                $"{strangers} fields are unknown or given more than once; the whole event is kept with this finding.", candidate.Json));
            return;
        }

        foreach (var (name, json) in candidate.Repeated)
            issues.Add(new(name, "field_repeated", Severity.Error, $"{name} is given more than once; the last one counts.", json));
        foreach (var (name, json) in candidate.Unknown)
            issues.Add(new(name, "field_unknown", Severity.Warning, $"An event has no field {name}; put it into data or metadata.", json));
    }

    private static (IValidationRule Rule, byte[][]? Types)[] Prepare(IEnumerable<IValidationRule> rules) =>
        [.. rules.Select(rule => (rule, rule.EventTypes?.Select(Encoding.UTF8.GetBytes).ToArray()))];

    private static bool AppliesTo(byte[][] types, ReadOnlyMemory<byte>? type)
    {
        if (type is not { } bytes)
            return false;

        foreach (var candidate in types)
        {
            if (bytes.Span.SequenceEqual(candidate))
                return true;
        }

        return false;
    }

    private void Check(IValidationRule rule, ParsedEvent candidate, in ValidationContext context, ICollection<ValidationIssue> issues)
    {
        try
        {
            if (rule.Check(candidate, context) is { } message)
                issues.Add(new(rule.Field, rule.Name, rule.Severity, message));
        }
        catch (Exception exception) when (rule is not EnvelopeRule)
        {
            // A rule that somebody registered must not turn an event away by being broken; it shows as a finding, and once in the log.
            issues.Add(new(rule.Field, "rule_failed", Severity.Warning, $"The rule {rule.Name} threw {exception.GetType().Name}."));
            if (reported.TryAdd(rule.Name, true))
                Log.RuleFailed(logger, exception, rule.Name);
        }
    }
}
