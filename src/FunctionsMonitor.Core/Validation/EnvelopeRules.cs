using System.Text.Json;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Validation;

/// <summary>What every event must be; the rules that are always there.</summary>
internal static class EnvelopeRules
{
    public const string TimestampRange = "timestamp_range";

    public static IReadOnlyList<IValidationRule> All { get; } =
    [
        Error("event_id_format", "event_id", (e, _) =>
            e.EventId.HasValue && e.Id is null ? "event_id must be a UUID written as 8-4-4-4-12 hexadecimal digits, and not all zero." : null),

        Error("event_type_required", "event_type", (e, _) => e.TypeFault == TextFault.Missing ? "event_type is required." : null),
        Error("event_type_invalid", "event_type", (e, _) => Describe("event_type", e.TypeFault, EventText.MaxTypeCharacters)),

        Error("timestamp_required", "timestamp", (e, _) => e.Timestamp.HasValue ? null : "timestamp is required."),
        Error("timestamp_format", "timestamp", (e, _) =>
            e.Timestamp.HasValue && e.Time is null ? "timestamp must be an ISO 8601 date and time, such as 2026-11-24T12:00:00Z." : null),
        Error(TimestampRange, "timestamp", (e, context) => DescribeRange("timestamp", e, context)),
        new EnvelopeRule("timestamp_offset", Severity.Warning, "timestamp", (e, _) =>
            e is { Time: not null, TimeWithoutOffset: true } ? "timestamp has no offset; it was taken as UTC." : null),

        Error("source_required", "source", (e, _) => e.SourceFault == TextFault.Missing ? "source is required." : null),
        Error("source_invalid", "source", (e, _) => Describe("source", e.SourceFault, EventText.MaxSourceCharacters)),

        Error("data_required", "data", (e, _) => e.Data.HasValue ? null : "data is required."),
        Error("data_type", "data", (e, _) => e.Data.HasValue && e.Data.Kind != JsonTokenType.StartObject ? "data must be an object." : null),
        Error("metadata_type", "metadata", (e, _) =>
            e.Metadata.HasValue && e.Metadata.Kind != JsonTokenType.StartObject ? "metadata must be an object." : null),
    ];

    private static EnvelopeRule Error(string name, string field, Func<ParsedEvent, ValidationContext, string?> check) =>
        new(name, Severity.Error, field, check);

    public static string? DescribeRange(string field, ParsedEvent candidate, in ValidationContext context) =>
        candidate.Time < context.Earliest
            ? $"{field} is older than what is kept ({EventTime.FromMicroseconds(context.Earliest):O})."
            : candidate.Time > context.Latest ? $"{field} is too far in the future (after {EventTime.FromMicroseconds(context.Latest):O})." : null;

    public static string? Describe(string field, TextFault fault, int maxCharacters) => fault switch
    {
        TextFault.NotAString => $"{field} must be a string.",
        TextFault.Empty => $"{field} must not be empty.",
        TextFault.TooLong => $"{field} must have at most {maxCharacters} characters.",
        TextFault.Characters => $"{field} must not contain control characters or half surrogate pairs.",
        _ => null,
    };
}
