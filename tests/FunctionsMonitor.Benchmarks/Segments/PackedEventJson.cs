using System.Text.Json.Serialization;

namespace FunctionsMonitor.Benchmarks.Segments;

[JsonSerializable(typeof(List<PackedEvent>))]
internal sealed partial class PackedEventJson : JsonSerializerContext;
