using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>The page for people, and what it asks for all the time.</summary>
public sealed class DashboardFunctions(DashboardEndpoints endpoints, PlainDashboardEndpoints plain, SummaryEndpoints summary)
{
    [Function("GetRoot")]
    public static Task GetRoot(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.RootOfFunctions)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, DashboardEndpoints.RootAsync, cancellationToken);

    [Function("GetDashboard")]
    public Task GetDashboard(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Dashboard)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.PageAsync, cancellationToken);

    [Function("GetDashboardAsset")]
    public Task GetDashboardAsset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.DashboardAsset)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.AssetAsync, cancellationToken);

    [Function("GetPlainDashboard")]
    public Task GetPlainDashboard(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.DashboardPlain)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, plain.GetAsync, cancellationToken);

    [Function("GetSummary")]
    public Task GetSummary(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.Summary)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, summary.GetAsync, cancellationToken);
}
