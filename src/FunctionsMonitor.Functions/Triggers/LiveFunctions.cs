using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>Events as they come.</summary>
public sealed class LiveFunctions(LiveEndpoints endpoints)
{
    [Function("StreamEvents")]
    public Task StreamEvents(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.EventsStream)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.StreamAsync, cancellationToken);
}
