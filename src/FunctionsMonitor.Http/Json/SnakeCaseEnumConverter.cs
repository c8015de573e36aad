using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsMonitor.Http.Json;

/// <summary>Writes an enum as its name in snake_case.</summary>
internal sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
