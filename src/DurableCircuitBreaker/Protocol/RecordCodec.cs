using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableCircuitBreaker.Protocol;

/// <summary>A record as bytes: <c>{"version":1,"record":{…}}</c> in UTF-8, which an operator can read in any storage browser.</summary>
internal static class RecordCodec
{
    public const int Version = 1;

    private static readonly RecordJson Json = new(new JsonSerializerOptions(RecordJson.Default.Options) { Encoder = new PlainJsonEncoder() });

    public static byte[] Encode(BreakerRecord record) => JsonSerializer.SerializeToUtf8Bytes(new StoredRecord(Version, record), Json.StoredRecord);

    /// <exception cref="RecordFormatException">Not a record, or one of a later version.</exception>
    public static BreakerRecord Decode(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("version", out var property)
                || !property.TryGetInt32(out var version) || version < 1)
                throw new RecordFormatException("The stored breaker state has no version.", isNewer: false);
            if (version > Version)
                throw new RecordFormatException($"The stored breaker state has version {version}; this library knows {Version}.", isNewer: true);

            return document.RootElement.Deserialize(Json.StoredRecord)!.Record;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RecordFormatException($"The stored breaker state cannot be read: {exception.Message}", isNewer: false, exception);
        }
    }

    internal sealed record StoredRecord([property: JsonRequired] int Version, [property: JsonRequired] BreakerRecord Record);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RecordCodec.StoredRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
