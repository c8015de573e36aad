using System.Globalization;
using FunctionsMonitor.Http.Bodies;

namespace FunctionsMonitor.Http.Operators;

/// <summary>Says in words which dead letters a replay is about, for the operator log.</summary>
internal static class ReplayTarget
{
    public static string Describe(ReplayRequest request)
    {
        (string Name, object? Value)[] parts =
        [
            ("reason", request.Reason), ("type", request.Type), ("source", request.Source), ("from", request.From?.ToString("O", CultureInfo.InvariantCulture)),
            ("to", request.To?.ToString("O", CultureInfo.InvariantCulture)), ("replayed", request.Replayed), ("limit", request.Limit),
        ];
        var narrowed = string.Join(", ", parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={part.Value}"));
        return request.IsNarrowed ? $"dead letters with {narrowed}" : $"all dead letters, {narrowed}";
    }
}
