using System.Text.Json;
using FunctionsMonitor.Validation;

namespace FunctionsMonitor.Events;

internal static class IssueJson
{
    /// <summary>One finding as <c>{field, code, severity, message, original}</c>; the original's bytes go in as they came.</summary>
    public static void Write(Utf8JsonWriter writer, ValidationIssue issue, ReadOnlyMemory<byte>? original)
    {
        writer.WriteStartObject();
        if (issue.Field is { } field)
            writer.WriteString("field"u8, field);
        writer.WriteString("code"u8, issue.Code);
        writer.WriteString("severity"u8, issue.Severity switch
        {
            Severity.Error => "error"u8,
            Severity.Warning => "warning"u8,
            _ => "info"u8,
        });
        writer.WriteString("message"u8, issue.Message);
        if (original is { } json)
        {
            writer.WritePropertyName("original"u8);
            writer.WriteRawValue(json.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }
}
