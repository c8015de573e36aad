using System.Text.Json.Serialization;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage.Sqlite;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<long>))]
[JsonSerializable(typeof(FlushReport))]
internal sealed partial class SqliteJson : JsonSerializerContext;
