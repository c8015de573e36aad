using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>Flushes by hand, and what came of the last ones.</summary>
public sealed class FlushFunctions(FlushEndpoints endpoints)
{
    [Function("Flush")]
    public Task Flush(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Routes.MetricsFlush)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.FlushAsync, cancellationToken);

    [Function("ListFlushes")]
    public Task ListFlushes(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.MetricsFlush)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ListAsync, cancellationToken);
}
