using Microsoft.OpenApi;

namespace FunctionsMonitor.Local.OpenApi;

/// <summary>What a client may send. There is no type of it: events are read from the bytes.</summary>
internal static class EventSchemas
{
    public static OpenApiSchema Of(string contentType) => contentType switch
    {
        "application/json" => new OpenApiSchema { OneOf = [Event(), new OpenApiSchema { Type = JsonSchemaType.Array, Items = Event() }] },
        "application/cloudevents+json" => CloudEvent(),
        "application/cloudevents-batch+json" => new OpenApiSchema { Type = JsonSchemaType.Array, Items = CloudEvent() },
        _ => new OpenApiSchema { Type = JsonSchemaType.String, Description = "One event, a JSON object, a line." },
    };

    private static OpenApiSchema CloudEvent() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "A CloudEvent 1.0. In binary mode its attributes are headers (ce-id, ce-source …) and the body is its data, of any content type.",
        Required = new HashSet<string> { "specversion", "id", "source", "type" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["specversion"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["1.0"] },
            ["id"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, Description = "With source the event's identity." },
            ["source"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, Format = "uri-reference" },
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 },
            ["time"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "Without it another delivery is another event." },
            ["subject"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 },
            ["datacontenttype"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 },
            ["dataschema"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, Format = "uri" },
            ["data"] = new OpenApiSchema { Description = "Any JSON." },
            ["data_base64"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
        },
    };

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
