using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>Ingest with the handshake of its senders, and what is stored.</summary>
public sealed class EventFunctions(EventsEndpoints endpoints, WebhookEndpoints webhooks)
{
    [Function("IngestEvents")]
    public Task IngestEvents(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Routes.Events)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.IngestAsync, cancellationToken);

    [Function("AllowWebhook")]
    public Task AllowWebhook(
        [HttpTrigger(AuthorizationLevel.Function, "options", Route = Routes.Events)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, webhooks.HandshakeAsync, cancellationToken);

    [Function("ListEvents")]
    public Task ListEvents(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.Events)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ListAsync, cancellationToken);
}
