using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.HostContract;

/// <summary>Whether JSON is exactly what a type of <c>Responses</c> says: every member that is always there, none that is unknown, each of its type.</summary>
internal static class WireShape
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        Converters = { new AnyJson(), new Microseconds() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWhatIsNotNullable } },
    };

    public static void Check(Type type, JsonElement json)
    {
        try
        {
            Assert.NotNull(json.Deserialize(type, Strict));
        }
        catch (JsonException exception)
        {
            Assert.Fail($"It is no {type.Name}: {exception.Message} {json}");
        }
    }

    /// <summary>What is null is left out of an answer, unless it says otherwise; so what cannot be null must be there.</summary>
    private static void RequireWhatIsNotNullable(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            var mayBeNull = property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsGetNullable;
            var isAlwaysThere = property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true)
                .Any(attribute => ((JsonIgnoreAttribute)attribute).Condition == JsonIgnoreCondition.Never) == true;
            property.IsRequired = !mayBeNull || isAlwaysThere;
        }
    }

    /// <summary>A client's own JSON.</summary>
    private sealed class AnyJson : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Skip();
            return default;
        }

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => throw new NotSupportedException();
    }

    /// <summary>UTC, with six digits, as the pages say.</summary>
    private sealed class Microseconds : JsonConverter<DateTimeOffset>
    {
        private const string Form = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { Length: 27 } text && text.EndsWith('Z') && reader.TryGetDateTimeOffset(out var value)
                ? value
                : throw new JsonException($"It is no time of the form {Form}.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
