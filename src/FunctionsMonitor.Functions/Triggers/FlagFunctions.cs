using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>Flags.</summary>
public sealed class FlagFunctions(FlagsEndpoints endpoints)
{
    [Function("GetFlags")]
    public Task GetFlags(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.FlagsStatus)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.StatusAsync, cancellationToken);
}
