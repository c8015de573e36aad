using System.Text.Json.Serialization;

namespace FunctionsMonitor.Http.Json;

/// <summary>JSON that was checked when it was received, written out byte for byte.</summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    public static RawJson? Of(ReadOnlyMemory<byte>? utf8) => utf8 is { } bytes ? new RawJson(bytes) : null;
}
