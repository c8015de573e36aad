using System.Globalization;
using System.Text.Json.Nodes;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FunctionsMonitor.Local.OpenApi;

/// <summary>Adds to an operation what only its row of <see cref="EndpointCatalog"/> knows: parameters, body, access, when each answer is given.</summary>
internal sealed class CatalogOperationTransformer : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<EndpointDescription>().FirstOrDefault() is not { } row)
            return;

        operation.Tags = new HashSet<OpenApiTagReference> { new(DocumentTransformer.TagOf(row), context.Document) };
        foreach (var name in RouteParameters(row.Route))
            Add(operation, new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        foreach (var parameter in row.Parameters)
            Add(operation, Describe(parameter, ParameterLocation.Query));
        foreach (var header in row.Headers)
            Add(operation, Describe(header, ParameterLocation.Header));
        foreach (var response in row.Responses)
            Describe(operation, response);
        // An operation that lists no success is given one by the generator.
        foreach (var status in operation.Responses!.Keys.Except(row.Responses.Select(Status)).ToList())
            operation.Responses.Remove(status);

        if (row.RequestContentTypes.Count > 0)
            operation.RequestBody = await DescribeBodyAsync(row, context, cancellationToken).ConfigureAwait(false);

        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions["x-access"] = new JsonNodeExtension(JsonValue.Create(row.Access.ToString().ToLowerInvariant()));
        if (row.TakesKeyInQuery)
            operation.Extensions["x-key-in-query"] = new JsonNodeExtension(JsonValue.Create(true));
        if (row.Access != EndpointAccess.Anonymous)
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentTransformer.KeyScheme, context.Document)] = [] }];
    }

    /// <summary>An answer without a body is not in the document yet.</summary>
    private static void Describe(OpenApiOperation operation, EndpointResponse response)
    {
        var status = Status(response);
        operation.Responses ??= [];
        if (operation.Responses.TryGetValue(status, out var described))
            described.Description = response.Description;
        else
            operation.Responses[status] = described = new OpenApiResponse { Description = response.Description };

        // What has no type of its own and is no JSON is a text.
        if (response is { Body: null, ContentType: not "application/json" } && described is OpenApiResponse concrete)
            concrete.Content = new Dictionary<string, OpenApiMediaType>
            {
                [response.ContentType] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
            };
    }

    private static string Status(EndpointResponse response) => response.Status.ToString(CultureInfo.InvariantCulture);

    private static void Add(OpenApiOperation operation, OpenApiParameter parameter)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(parameter);
    }

    private static IEnumerable<string> RouteParameters(string route) =>
        route.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));

    private static OpenApiParameter Describe(EndpointParameter parameter, ParameterLocation location) => new()
    {
        Name = parameter.Name,
        In = location,
        Description = parameter.Description,
        Schema = new OpenApiSchema
        {
            Type = Enum.Parse<JsonSchemaType>(parameter.Type, ignoreCase: true),
            Format = parameter.Format,
            Minimum = parameter.Type == "integer" ? parameter.Minimum.ToString(CultureInfo.InvariantCulture) : null,
            Maximum = parameter.Type == "integer" ? parameter.Maximum.ToString(CultureInfo.InvariantCulture) : null,
            MaxLength = parameter is { Type: "string", Format: null, Values.Count: 0 } ? parameter.MaxLength : null,
            Enum = parameter.Values.Count == 0 ? null : [.. parameter.Values.Select(value => (JsonNode)JsonValue.Create(value))],
            Default = parameter.Default is null
                ? null
                : parameter.Type == "integer"
                    ? JsonValue.Create(int.Parse(parameter.Default, CultureInfo.InvariantCulture))
                    : JsonValue.Create(parameter.Default),
        },
    };

    private static async Task<OpenApiRequestBody> DescribeBodyAsync(
        EndpointDescription row, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = row.RequestBody is { } type
            ? await context.GetOrCreateSchemaAsync(type, null, cancellationToken).ConfigureAwait(false)
            : null;
        return new OpenApiRequestBody
        {
            Required = true,
            Content = row.RequestContentTypes.ToDictionary(
                contentType => contentType, contentType => new OpenApiMediaType { Schema = schema ?? EventSchemas.Of(contentType) }),
        };
    }
}
