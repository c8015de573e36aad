using FunctionsMonitor.Events;

namespace FunctionsMonitor.Validation;

/// <summary>
/// What a CloudEvent must be, in place of <see cref="EnvelopeRules"/>; fields are named as it names them. An error is what the specification
/// forbids. What it allows and an event's envelope cannot hold is none, or half of what Azure sends would count as failed.
/// </summary>
internal static class CloudEventRules
{
    public static IReadOnlyList<IValidationRule> All { get; } =
    [
        Rule("specversion_invalid", Severity.Error, "specversion", (e, _) => e.CloudEvent!.IsVersion1 ? null : "specversion must be \"1.0\"."),

        Rule("id_required", Severity.Error, "id", (e, _) => e.CloudEvent!.IdFault == TextFault.Missing ? "id is required." : null),
        Rule("id_invalid", Severity.Error, "id", (e, _) => EnvelopeRules.Describe("id", e.CloudEvent!.IdFault, int.MaxValue)),

        Rule("event_type_required", Severity.Error, "type", (e, _) => e.TypeFault == TextFault.Missing ? "type is required." : null),
        Rule("event_type_invalid", Severity.Error, "type", (e, _) => EnvelopeRules.Describe("type", e.TypeFault, int.MaxValue)),
        Rule("event_type_shortened", Severity.Info, "type", (e, _) => e.CloudEvent!.TypeShortened ? TypeShortened : null),

        Rule("source_required", Severity.Error, "source", (e, _) => e.SourceFault == TextFault.Missing ? "source is required." : null),
        Rule("source_invalid", Severity.Error, "source", (e, _) => EnvelopeRules.Describe("source", e.SourceFault, int.MaxValue)),
        Rule("source_shortened", Severity.Info, "source", (e, _) => e.CloudEvent!.SourceShortened ? SourceShortened : null),

        Rule("time_absent", Severity.Warning, "time", (e, _) =>
            e.Timestamp.HasValue ? null : "There is no time; the time of receipt was taken, and another delivery would be another event."),
        Rule("timestamp_format", Severity.Error, "time", (e, _) =>
            e.Timestamp.HasValue && e.Time is null ? "time must be an RFC 3339 date and time, such as 2026-11-24T12:00:00Z." : null),
        Rule(EnvelopeRules.TimestampRange, Severity.Error, "time", (e, context) => EnvelopeRules.DescribeRange("time", e, context)),
        Rule("timestamp_offset", Severity.Warning, "time", (e, _) =>
            e is { Time: not null, TimeWithoutOffset: true } ? "time has no offset; it was taken as UTC." : null),

        Rule("data_twice", Severity.Error, "data_base64", (e, _) =>
            e.CloudEvent!.DataTwice ? "There are data and data_base64; the latter is among the metadata." : null),
        Rule("data_base64_invalid", Severity.Error, "data_base64", (e, _) => e.CloudEvent!.DataUnreadable ? "data_base64 must be base64." : null),
        Rule("data_wrapped", Severity.Info, "data", (e, _) => e.CloudEvent!.DataWrapped ? "The data is no object and stands in one, under its own name." : null),

        Rule("attribute_invalid", Severity.Error, null, (e, _) => e.CloudEvent! is { BadValues: > 0 } found
            ? $"An attribute is a text, true, false or a whole number of 32 bits, and subject, datacontenttype and dataschema are texts that are not empty; {Count(found.BadValues, found.FirstBadValue)}."
            : null),
        Rule("attribute_name", Severity.Warning, null, (e, _) => e.CloudEvent! is { BadNames: > 0 } found
            ? $"An attribute's name has lower-case letters and digits only; {Count(found.BadNames, found.FirstBadName)}."
            : null),
    ];

    private static string TypeShortened { get; } = $"type has more than {EventText.MaxTypeCharacters} characters; its end was taken, and all of it is among the metadata.";

    private static string SourceShortened { get; } =
        $"source has more than {EventText.MaxSourceCharacters} characters; its end was taken, and all of it is among the metadata.";

    private static string Count(int count, string? first) => count == 1 ? $"{first} is not" : $"{first} and {count - 1} more are not";

    private static EnvelopeRule Rule(string name, Severity severity, string? field, Func<ParsedEvent, ValidationContext, string?> check) =>
        new(name, severity, field, check);
}
