using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableCircuitBreaker.Protocol;

/// <summary>A record as bytes: <c>{"version":1,"record":{…}}</c> in UTF-8, which an operator can read in any storage browser.</summary>
internal static class RecordCodec
{
    public const int Version = 1;
    private const long Furthest = long.MaxValue / 2;

    // What this encoder would still escape, Causes.Clean keeps out of every text: a record is as large as its texts are long.
    private static readonly RecordJson Json = new(new JsonSerializerOptions(RecordJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

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

            var record = document.RootElement.Deserialize(Json.StoredRecord)!.Record;
            return IsSound(record) ? record : throw new RecordFormatException("The stored breaker state contradicts itself.", isNewer: false);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RecordFormatException($"The stored breaker state cannot be read: {exception.Message}", isNewer: false, exception);
        }
    }

    /// <summary>What JSON lets through and the rules do not expect: a state without a name, a hole in a list, a count below zero or about to overflow.</summary>
    private static bool IsSound(BreakerRecord record) =>
        Enum.IsDefined(record.State) && record.Epoch is >= 0 and < Furthest && record.Revision is >= 0 and < Furthest
        && record.BreakCount >= 0 && record.Successes is >= 0 and < int.MaxValue
        && !record.Votes.Contains(null!) && !record.Runs.Contains(null!) && !record.Transitions.Contains(null!);

    internal sealed record StoredRecord([property: JsonRequired] int Version, [property: JsonRequired] BreakerRecord Record);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RecordCodec.StoredRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
