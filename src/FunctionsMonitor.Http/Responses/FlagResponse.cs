using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>One flag, and where its value comes from.</summary>
public sealed record FlagResponse
{
    public required string Name { get; init; }

    [JsonConverter(typeof(SnakeCaseEnumConverter<FlagType>))]
    public required FlagType Type { get; init; }

    /// <summary>Of the flag's type.</summary>
    public required RawJson Value { get; init; }

    /// <summary>Of the flag's type.</summary>
    public required RawJson Default { get; init; }

    /// <summary>Who gave the value.</summary>
    public required string Source { get; init; }

    /// <summary>When that source last answered; absent for the default.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>How old that answer is.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>Which version of its setting the value is; absent where the source has none.</summary>
    public string? Version { get; init; }

    public required string Description { get; init; }

    /// <summary>Values that were given and not used.</summary>
    public required IReadOnlyList<IgnoredFlagValueResponse> Ignored { get; init; }

    public static FlagResponse Of(FlagResolution resolution, DateTimeOffset now) => new()
    {
        Name = resolution.Flag.Name,
        Type = resolution.Flag.Type,
        Value = ToJson(resolution.Flag.Type, FlagDefinitionText(resolution.Value)),
        Default = ToJson(resolution.Flag.Type, resolution.Flag.DefaultText),
        Source = resolution.Source,
        AnsweredAt = resolution.AnsweredAt,
        AgeSeconds = (now - resolution.AnsweredAt)?.TotalSeconds,
        Version = resolution.Version,
        Description = resolution.Flag.Description,
        Ignored = [.. resolution.Ignored.Select(IgnoredFlagValueResponse.Of)],
    };

    private static string FlagDefinitionText(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static RawJson ToJson(FlagType type, string text) =>
        new(type == FlagType.String ? JsonSerializer.SerializeToUtf8Bytes(text, HttpJson.Wire.String) : System.Text.Encoding.UTF8.GetBytes(text));
}
