using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>Health.</summary>
public sealed class HealthFunctions(HealthEndpoints endpoints)
{
    [Function("GetHealth")]
    public Task GetHealth(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = Routes.Health)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.CheckAsync, cancellationToken);

    [Function("GetLiveness")]
    public static Task GetLiveness(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.HealthLive)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, HealthEndpoints.LiveAsync, cancellationToken);

    [Function("GetReadiness")]
    public Task GetReadiness(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = Routes.HealthReady)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ReadyAsync, cancellationToken);

    [Function("GetFlagsHealth")]
    public Task GetFlagsHealth(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = Routes.HealthFlags)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.FlagsAsync, cancellationToken);
}
