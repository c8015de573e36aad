using Microsoft.OpenApi;

namespace FunctionsMonitor.Local.OpenApi;

/// <summary>Registers what the build makes <c>openapi.json</c> with. A running host serves the file and never comes here.</summary>
internal static class OpenApiServiceCollectionExtensions
{
    public static IServiceCollection AddFunctionsMonitorOpenApi(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer<DocumentTransformer>();
        options.AddOperationTransformer<CatalogOperationTransformer>();
        options.AddSchemaTransformer<WireSchemaTransformer>();
    });
}
