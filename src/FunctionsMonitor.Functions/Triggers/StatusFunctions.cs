using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>This instance.</summary>
public sealed class StatusFunctions(StatusEndpoints endpoints)
{
    [Function("GetStatus")]
    public Task GetStatus(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.Status)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.GetAsync, cancellationToken);
}
