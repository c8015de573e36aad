using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>What validation found in a stored event.</summary>
public sealed record EventValidationResponse
{
    /// <summary>Validation was on when the event was received.</summary>
    public required bool Validated { get; init; }

    /// <summary>No error was found; null when it was not validated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required bool? Passed { get; init; }

    public required int Errors { get; init; }

    public required int Warnings { get; init; }

    /// <summary>The findings, <c>[{field, code, severity, message, original}]</c>; absent when there are none.</summary>
    public RawJson? Issues { get; init; }

    public static EventValidationResponse Of(StoredEvent item)
    {
        var validated = item.Marks.HasFlag(EventMarks.Validated);
        var (errors, warnings) = validated && item.Issues is { } issues ? Count(issues.Span) : default;
        return new EventValidationResponse
        {
            Validated = validated,
            Passed = validated ? !item.Marks.HasFlag(EventMarks.Failed) : null,
            Errors = errors,
            Warnings = warnings,
            Issues = RawJson.Of(item.Issues),
        };
    }

    /// <summary>The store keeps the findings, not their number.</summary>
    private static (int Errors, int Warnings) Count(ReadOnlySpan<byte> issues)
    {
        int errors = 0, warnings = 0;
        var reader = new Utf8JsonReader(issues, new JsonReaderOptions { MaxDepth = 128 });
        while (reader.Read())
        {
            // Deeper ones are in the original of a value, which is the client's.
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 2 || !reader.ValueTextEquals("severity"u8))
                continue;

            reader.Read();
            errors += reader.ValueTextEquals("error"u8) ? 1 : 0;
            warnings += reader.ValueTextEquals("warning"u8) ? 1 : 0;
        }

        return (errors, warnings);
    }
}
