using System.Text.Json.Serialization;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage;

/// <summary>What the metrics stores keep as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<long>))]
[JsonSerializable(typeof(FlushReport))]
internal sealed partial class StoreJson : JsonSerializerContext;
