using Microsoft.OpenApi;

namespace FunctionsMonitor.Local.OpenApi;

/// <summary>What a client may send. There is no type of it: events are read from the bytes.</summary>
internal static class EventSchemas
{
    public static OpenApiSchema Of(string contentType) => contentType == "application/json"
        ? new OpenApiSchema { OneOf = [Event(), new OpenApiSchema { Type = JsonSchemaType.Array, Items = Event() }] }
        : new OpenApiSchema { Type = JsonSchemaType.String, Description = "One event, a JSON object, a line." };

    private static OpenApiSchema Event() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "event_type", "timestamp", "source", "data" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["event_id"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid", Description = "Made at receipt when it is not there." },
            ["event_type"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 50 },
            ["timestamp"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            ["source"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 100 },
            ["data"] = new OpenApiSchema { Type = JsonSchemaType.Object },
            ["metadata"] = new OpenApiSchema { Type = JsonSchemaType.Object },
        },
    };
}
