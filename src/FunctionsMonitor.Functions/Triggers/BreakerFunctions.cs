using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>Breakers, by hand.</summary>
public sealed class BreakerFunctions(BreakersEndpoints endpoints)
{
    [Function("IsolateBreaker")]
    public Task IsolateBreaker(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Routes.BreakerIsolate)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.IsolateAsync, cancellationToken);

    [Function("ResetBreaker")]
    public Task ResetBreaker(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Routes.BreakerReset)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ResetAsync, cancellationToken);
}
