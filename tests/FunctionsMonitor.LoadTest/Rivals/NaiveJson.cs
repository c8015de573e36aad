using System.Text.Json.Serialization;

namespace FunctionsMonitor.LoadTest.Rivals;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(NaiveEvent))]
internal sealed partial class NaiveJson : JsonSerializerContext;
