using System.Text.Json.Serialization;

namespace FunctionsMonitor.Flags.AppConfiguration;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LastKnownGood))]
internal sealed partial class LastKnownGoodJson : JsonSerializerContext;
