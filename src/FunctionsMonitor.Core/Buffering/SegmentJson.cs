using System.Text.Json.Serialization;

namespace FunctionsMonitor.Buffering;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(SegmentHeader))]
internal sealed partial class SegmentJson : JsonSerializerContext;
