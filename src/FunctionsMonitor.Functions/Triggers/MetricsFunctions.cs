using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>Figures and states.</summary>
public sealed class MetricsFunctions(MetricsEndpoints endpoints)
{
    [Function("GetValidationMetrics")]
    public Task GetValidationMetrics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.MetricsValidation)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ValidationAsync, cancellationToken);

    [Function("GetAdapterMetrics")]
    public Task GetAdapterMetrics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.MetricsAdapter)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.AdapterAsync, cancellationToken);

    [Function("GetResilienceMetrics")]
    public Task GetResilienceMetrics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.MetricsResilience)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ResilienceAsync, cancellationToken);

    [Function("GetLedger")]
    public Task GetLedger(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.MetricsLedger)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.LedgerAsync, cancellationToken);
}
