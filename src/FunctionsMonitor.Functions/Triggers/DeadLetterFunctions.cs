using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>Dead letters.</summary>
public sealed class DeadLetterFunctions(DeadLettersEndpoints endpoints)
{
    [Function("ListDeadLetters")]
    public Task ListDeadLetters(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.DeadLetters)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ListAsync, cancellationToken);

    [Function("GetDeadLetter")]
    public Task GetDeadLetter(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.DeadLetter)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.GetAsync, cancellationToken);

    [Function("ReplayDeadLetter")]
    public Task ReplayDeadLetter(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Routes.DeadLetterReplay)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ReplayOneAsync, cancellationToken);

    [Function("ReplayDeadLetters")]
    public Task ReplayDeadLetters(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Routes.DeadLettersReplay)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ReplayAsync, cancellationToken);

    [Function("GetReplay")]
    public Task GetReplay(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.DeadLettersReplay)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ReplayStatusAsync, cancellationToken);

    [Function("CancelReplay")]
    public Task CancelReplay(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = Routes.DeadLettersReplay)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.CancelReplayAsync, cancellationToken);

    [Function("DiscardDeadLetter")]
    public Task DiscardDeadLetter(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = Routes.DeadLetter)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.DiscardAsync, cancellationToken);
}
