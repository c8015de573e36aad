using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FunctionsMonitor.Local.OpenApi;

/// <summary>What is said of the API as a whole.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    public const string KeyScheme = "functions_key";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "FunctionsMonitor",
            Version = typeof(DocumentTransformer).Assembly.GetName().Version?.ToString(3),
            Description = "Takes monitoring events, acknowledges them when they are durable, stores each exactly once. "
                + "JSON is snake_case; errors are application/problem+json (RFC 9457) with a stable type.",
            License = new OpenApiLicense { Name = "MIT" },
        };
        // Where the build happened to think it listens says nothing: every host serves the same document.
        document.Servers = [new OpenApiServer { Url = "/" }];
        // Else the name of this host's assembly is one of them.
        document.Tags = EndpointCatalog.All.Select(TagOf).Distinct().Select(name => new OpenApiTag { Name = name }).ToHashSet();
        document.AddComponent(KeyScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = "x-functions-key",
            Description = "A function key on Azure, a key of the local host elsewhere. x-access of an operation says which of them is needed: "
                + "ingest, read or operate (which includes read). None on loopback. Where x-key-in-query is true it may also be the query parameter code.",
        });
        return Task.CompletedTask;
    }

    /// <summary>The first part of its route.</summary>
    public static string TagOf(EndpointDescription row) => row.Route.Length == 0 ? Routes.Dashboard : row.Route.Split('/')[0];
}
