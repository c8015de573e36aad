using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>
/// Every endpoint, once. The local host maps its routes from here, the OpenAPI document is made from here, and the functions are checked
/// against it: what is not in this table is on no host.
/// </summary>
public static class EndpointCatalog
{
    private const string InvalidParameter = "A parameter is unknown or cannot be read; field names it.";
    private const string StoreUnavailable = "The metrics store does not answer; Retry-After says when to ask again.";
    private const string NoSuchDeadLetter = "There is no such dead letter.";

    public static IReadOnlyList<EndpointDescription> All { get; } =
    [
        new()
        {
            Name = "IngestEvents", Method = HttpMethods.Post, Route = Routes.Events, Access = EndpointAccess.Ingest, TakesKeyInQuery = true,
            Summary = "Takes events: one JSON object, an array, one object a line, or CloudEvents 1.0 in any mode. Acknowledges them when they are durable.",
            Handler = services => services.GetRequiredService<EventsEndpoints>().IngestAsync,
            RequestContentTypes = ContentTypes.OfEvents, Headers = [QueryParameters.IdempotencyKey],
            Responses =
            [
                Json<IngestResponse>(202, "The accepted events are durable; rejected ones are listed. With Idempotent-Replayed: true, as an earlier request was answered."),
                Fault(400, "The body is not what its content type or encoding says, or Idempotency-Key is no key; nothing was kept."),
                Fault(409, "Another request with this Idempotency-Key came in at the same moment; Retry-After says when to send again."),
                Fault(413, "The body has too many bytes, before or after decompression, or too many events; nothing was kept."),
                Fault(415, "The content type, its charset or the content encoding is not supported."),
                Fault(422, "Every event was rejected, and errors says why; or the Idempotency-Key stands for another body."),
                Fault(429, "The buffer is over its cap; Retry-After says when to send again. Nothing was kept."),
                Fault(503, "The events could not be made durable, or (code outcome_unknown) nobody can tell; they are not acknowledged. Also when an Idempotency-Key cannot be looked up."),
            ],
        },
        new()
        {
            Name = "AllowWebhook", Method = HttpMethods.Options, Route = Routes.Events, Access = EndpointAccess.Ingest, TakesKeyInQuery = true,
            Summary = "The handshake that a sender of CloudEvents, such as Azure Event Grid, makes before it delivers.",
            Handler = services => services.GetRequiredService<WebhookEndpoints>().HandshakeAsync,
            Headers = [QueryParameters.WebhookOrigin],
            Responses =
            [
                new(200, null, "It may deliver: WebHook-Allowed-Origin and WebHook-Allowed-Rate say who, and how many requests a minute."),
                Fault(400, "WebHook-Request-Origin is not there, or a parameter is unknown."), Fault(403, "It may not."),
            ],
        },
        new()
        {
            Name = "ListEvents", Method = HttpMethods.Get, Route = Routes.Events, Access = EndpointAccess.Read,
            Summary = "Stored events, newest first.",
            Handler = services => services.GetRequiredService<EventsEndpoints>().ListAsync,
            Parameters = QueryParameters.OfEvents,
            Responses = [Json<Page<EventResponse>>(200, "A page."), Fault(400, InvalidParameter), Fault(503, StoreUnavailable)],
        },
        new()
        {
            Name = "StreamEvents", Method = HttpMethods.Get, Route = Routes.EventsStream, Access = EndpointAccess.Read,
            Summary = "Events as they become durable, as Server-Sent Events. Best effort; the header Last-Event-ID resumes.",
            Handler = services => services.GetRequiredService<LiveEndpoints>().StreamAsync,
            Parameters = QueryParameters.OfStream,
            Responses =
            [
                new(200, null, "A stream that the server ends after a while; come back with Last-Event-ID.", SseFrame.ContentType),
                Fault(400, InvalidParameter), Fault(503, "The instance that answers has as many subscribers as it may; Retry-After says when to try again."),
            ],
        },
        new()
        {
            Name = "GetValidationMetrics", Method = HttpMethods.Get, Route = Routes.MetricsValidation, Access = EndpointAccess.Read,
            Summary = "Validation per event type: totals, and a series when an interval is given. The last 24 hours unless a range is given.",
            Handler = services => services.GetRequiredService<MetricsEndpoints>().ValidationAsync,
            Parameters = QueryParameters.OfValidation,
            Responses = [Json<ValidationResponse>(200, "The figures."), Fault(400, InvalidParameter), Fault(503, StoreUnavailable)],
        },
        new()
        {
            Name = "GetAdapterMetrics", Method = HttpMethods.Get, Route = Routes.MetricsAdapter, Access = EndpointAccess.Read,
            Summary = "The live adapters of the instance that answers.",
            Handler = services => services.GetRequiredService<MetricsEndpoints>().AdapterAsync,
            Responses = [Json<AdapterResponse>(200, "The adapters."), Fault(400, InvalidParameter)],
        },
        new()
        {
            Name = "GetResilienceMetrics", Method = HttpMethods.Get, Route = Routes.MetricsResilience, Access = EndpointAccess.Read,
            Summary = "Every pipeline and breaker of the instance that answers.",
            Handler = services => services.GetRequiredService<MetricsEndpoints>().ResilienceAsync,
            Responses = [Json<ResilienceResponse>(200, "The pipelines."), Fault(400, InvalidParameter)],
        },
        new()
        {
            Name = "GetLedger", Method = HttpMethods.Get, Route = Routes.MetricsLedger, Access = EndpointAccess.Read,
            Summary = "The books: what was accepted, what became of it, and whether it adds up.",
            Handler = services => services.GetRequiredService<MetricsEndpoints>().LedgerAsync,
            Responses =
            [
                Json<LedgerResponse>(200, "The books, balanced or not."), Fault(400, InvalidParameter),
                Fault(503, "One of the stores does not answer, and half of the books say nothing."),
            ],
        },
        new()
        {
            Name = "Flush", Method = HttpMethods.Post, Route = Routes.MetricsFlush, Access = EndpointAccess.Operate,
            Summary = "Flushes now, for at most 200 seconds.",
            Handler = services => services.GetRequiredService<FlushEndpoints>().FlushAsync,
            Responses =
            [
                Json<FlushResponse>(200, "The report."), Fault(400, InvalidParameter), Fault(409, "Another flush is running; flush_id names it where it is known."),
                Fault(503, "The flush failed; report says how far it came. The segments stay in the buffer."),
            ],
        },
        new()
        {
            Name = "ListFlushes", Method = HttpMethods.Get, Route = Routes.MetricsFlush, Access = EndpointAccess.Read,
            Summary = "The last flushes of all instances, newest first.",
            Handler = services => services.GetRequiredService<FlushEndpoints>().ListAsync,
            Parameters = QueryParameters.OfFlushes,
            Responses = [Json<FlushesResponse>(200, "The reports."), Fault(400, InvalidParameter), Fault(503, StoreUnavailable)],
        },
        new()
        {
            Name = "GetFlags", Method = HttpMethods.Get, Route = Routes.FlagsStatus, Access = EndpointAccess.Read,
            Summary = "Every flag, its value, and where it comes from.",
            Handler = services => services.GetRequiredService<FlagsEndpoints>().StatusAsync,
            Responses = [Json<FlagsStatusResponse>(200, "The flags."), Fault(400, InvalidParameter)],
        },
        new()
        {
            Name = "GetHealth", Method = HttpMethods.Get, AlsoHead = true, Route = Routes.Health, Access = EndpointAccess.Read,
            Summary = "All health checks, with what they cost and what is wrong.",
            Handler = services => services.GetRequiredService<HealthEndpoints>().CheckAsync,
            Responses = [Json<HealthResponse>(200, "Healthy or degraded."), Json<HealthResponse>(503, "Unhealthy.")],
        },
        new()
        {
            Name = "GetLiveness", Method = HttpMethods.Get, AlsoHead = true, Route = Routes.HealthLive, Access = EndpointAccess.Anonymous,
            Summary = "The process answers; nothing is looked at.",
            Handler = _ => HealthEndpoints.LiveAsync,
            Responses = [Json<LivenessResponse>(200, "Always.")],
        },
        new()
        {
            Name = "GetReadiness", Method = HttpMethods.Get, AlsoHead = true, Route = Routes.HealthReady, Access = EndpointAccess.Read,
            Summary = "Whether events can be taken.",
            Handler = services => services.GetRequiredService<HealthEndpoints>().ReadyAsync,
            Responses = [Json<HealthResponse>(200, "They can."), Json<HealthResponse>(503, "They would be refused.")],
        },
        new()
        {
            Name = "GetFlagsHealth", Method = HttpMethods.Get, AlsoHead = true, Route = Routes.HealthFlags, Access = EndpointAccess.Read,
            Summary = "Broken combinations of flags and values that could not be used; degraded at worst.",
            Handler = services => services.GetRequiredService<HealthEndpoints>().FlagsAsync,
            Responses = [Json<FlagsHealthResponse>(200, "Healthy or degraded.")],
        },
        new()
        {
            Name = "GetStatus", Method = HttpMethods.Get, Route = Routes.Status, Access = EndpointAccess.Read,
            Summary = "The instance that answers at a glance: version, uptime, buffer, last flush.",
            Handler = services => services.GetRequiredService<StatusEndpoints>().GetAsync,
            Responses = [Json<StatusResponse>(200, "The status."), Fault(400, InvalidParameter)],
        },
        new()
        {
            Name = "GetSummary", Method = HttpMethods.Get, Route = Routes.Summary, Access = EndpointAccess.Read,
            Summary = "All at a glance, made to be asked again and again: the verdict, the buffer, the flush, the books, breakers, dead letters.",
            Handler = services => services.GetRequiredService<SummaryEndpoints>().GetAsync,
            Responses =
            [
                Json<SummaryResponse>(200, "The summary, with an ETag; faults says what could not be read."),
                new(304, null, "Nothing has changed since the one that If-None-Match names."), Fault(400, InvalidParameter),
            ],
        },
        new()
        {
            Name = "ListDeadLetters", Method = HttpMethods.Get, Route = Routes.DeadLetters, Access = EndpointAccess.Read,
            Summary = "Dead letters, oldest first, and how many there are by reason.",
            Handler = services => services.GetRequiredService<DeadLettersEndpoints>().ListAsync,
            Parameters = QueryParameters.OfDeadLetters,
            Responses = [Json<DeadLettersResponse>(200, "A page."), Fault(400, InvalidParameter), Fault(503, StoreUnavailable)],
        },
        new()
        {
            Name = "GetDeadLetter", Method = HttpMethods.Get, Route = Routes.DeadLetter, Access = EndpointAccess.Read,
            Summary = "One dead letter, whole.",
            Handler = services => services.GetRequiredService<DeadLettersEndpoints>().GetAsync,
            Responses =
            [
                Json<DeadLetterResponse>(200, "The dead letter."), Fault(400, InvalidParameter), Fault(404, NoSuchDeadLetter), Fault(503, StoreUnavailable),
            ],
        },
        new()
        {
            Name = "ReplayDeadLetter", Method = HttpMethods.Post, Route = Routes.DeadLetterReplay, Access = EndpointAccess.Operate,
            Summary = "Puts one dead letter back through validation and the buffer, with its identity: doing it twice stores nothing twice.",
            Handler = services => services.GetRequiredService<DeadLettersEndpoints>().ReplayOneAsync,
            Responses =
            [
                Json<ReplayResponse>(202, "Its event is durable in the buffer."), Fault(400, InvalidParameter), Fault(404, NoSuchDeadLetter),
                Fault(409, "It is being replayed now."), Fault(422, "It is invalid while validation is strict, or past the retention."),
                Fault(429, "The buffer is over its cap; Retry-After says when to try again."),
                Fault(503, "A store does not answer; Retry-After says when to try again."),
            ],
        },
        new()
        {
            Name = "ReplayDeadLetters", Method = HttpMethods.Post, Route = Routes.DeadLettersReplay, Access = EndpointAccess.Operate,
            Summary = "Replays by filter, at a bounded rate and not while the metrics store is left alone, or says what would be replayed. Without a filter it takes \"all\": true.",
            Handler = services => services.GetRequiredService<DeadLettersEndpoints>().ReplayAsync,
            RequestContentTypes = ContentTypes.OfReplay, RequestBody = typeof(ReplayRequest),
            Responses =
            [
                Json<ReplayReportResponse>(200, "What was, or would be, replayed."), Fault(400, "A member of the body is unknown or cannot be read; field names it."),
                Fault(409, "Another replay by filter is running."), Fault(413, "The body has too many bytes."), Fault(415, "The content type is not supported."),
                Fault(429, "The buffer is over its cap; what was replayed until then stays replayed."),
                Fault(503, "A store does not answer; what was replayed until then stays replayed."),
            ],
        },
        new()
        {
            Name = "GetReplay", Method = HttpMethods.Get, Route = Routes.DeadLettersReplay, Access = EndpointAccess.Read,
            Summary = "How far the replay by filter is that runs on the instance that answers, else its last one.",
            Handler = services => services.GetRequiredService<DeadLettersEndpoints>().ReplayStatusAsync,
            Responses = [Json<ReplayStatusResponse>(200, "The replay; none when there was none since the start."), Fault(400, InvalidParameter)],
        },
        new()
        {
            Name = "CancelReplay", Method = HttpMethods.Delete, Route = Routes.DeadLettersReplay, Access = EndpointAccess.Operate,
            Summary = "Ends the replay by filter that runs on the instance that answers; what was replayed stays replayed.",
            Handler = services => services.GetRequiredService<DeadLettersEndpoints>().CancelReplayAsync,
            Responses =
            [
                Json<ReplayProgressResponse>(202, "It ends before its next dead letter."), Fault(400, InvalidParameter),
                Fault(404, "No replay by filter runs on this instance."),
            ],
        },
        new()
        {
            Name = "DiscardDeadLetter", Method = HttpMethods.Delete, Route = Routes.DeadLetter, Access = EndpointAccess.Operate,
            Summary = "Discards one dead letter for good.",
            Handler = services => services.GetRequiredService<DeadLettersEndpoints>().DiscardAsync,
            Responses =
            [
                new(204, null, "It is gone."), Fault(400, InvalidParameter), Fault(404, NoSuchDeadLetter), Fault(503, StoreUnavailable),
            ],
        },
        new()
        {
            Name = "IsolateBreaker", Method = HttpMethods.Post, Route = Routes.BreakerIsolate, Access = EndpointAccess.Operate,
            Summary = "Opens a breaker for all instances until it is reset.",
            Handler = services => services.GetRequiredService<BreakersEndpoints>().IsolateAsync,
            Responses = OfBreaker,
        },
        new()
        {
            Name = "ResetBreaker", Method = HttpMethods.Post, Route = Routes.BreakerReset, Access = EndpointAccess.Operate,
            Summary = "Closes a breaker for all instances and forgets its failures.",
            Handler = services => services.GetRequiredService<BreakersEndpoints>().ResetAsync,
            Responses = OfBreaker,
        },
        new()
        {
            Name = "ListOperations", Method = HttpMethods.Get, Route = Routes.Operations, Access = EndpointAccess.Read,
            Summary = "The operator log, newest first: who did what, when, and how it ended.",
            Handler = services => services.GetRequiredService<OperationsEndpoints>().ListAsync,
            Parameters = QueryParameters.OfOperations,
            Responses =
            [
                Json<Page<OperationResponse>>(200, "A page."), Fault(400, InvalidParameter),
                Fault(503, "The breaker-state store does not answer; Retry-After says when to ask again."),
            ],
        },
        new()
        {
            Name = "GetOpenApi", Method = HttpMethods.Get, Route = Routes.OpenApi, Access = EndpointAccess.Read,
            Summary = "This description.",
            Handler = services => services.GetRequiredService<OpenApiEndpoints>().GetAsync,
            Responses =
            [
                new(200, null, "OpenAPI 3.1.", "application/json"), new(304, null, "The one that If-None-Match names."), Fault(400, InvalidParameter),
                Fault(404, "The build left it out."),
            ],
        },
        new()
        {
            Name = "GetRoot", Method = HttpMethods.Get, Route = Routes.Root, Access = EndpointAccess.Anonymous,
            Summary = "Leads to the dashboard.",
            Handler = _ => DashboardEndpoints.RootAsync,
            Responses = [new(302, null, "To the dashboard.")],
        },
        new()
        {
            Name = "GetDashboard", Method = HttpMethods.Get, Route = Routes.Dashboard, Access = EndpointAccess.Anonymous,
            Summary = "The page for people. It asks for a key where one is needed, and shows what the other endpoints answer.",
            Handler = services => services.GetRequiredService<DashboardEndpoints>().PageAsync,
            Responses =
            [
                new(200, null, "The page.", "text/html"), new(302, null, "To the plain page: the build had no Node to make this one."),
                new(304, null, "The one that If-None-Match names."),
            ],
        },
        new()
        {
            Name = "GetDashboardAsset", Method = HttpMethods.Get, Route = Routes.DashboardAsset, Access = EndpointAccess.Anonymous,
            Summary = "A script, style or image of the dashboard, named by a hash of its content.",
            Handler = services => services.GetRequiredService<DashboardEndpoints>().AssetAsync,
            Responses =
            [
                new(200, null, "The file; it never changes.", "text/javascript"), new(304, null, "The one that If-None-Match names."),
                Fault(404, "The page has no such file."),
            ],
        },
        new()
        {
            Name = "GetPlainDashboard", Method = HttpMethods.Get, Route = Routes.DashboardPlain, Access = EndpointAccess.Read,
            Summary = "The facts of the dashboard as a page without scripts, of the moment it is asked for.",
            Handler = services => services.GetRequiredService<PlainDashboardEndpoints>().GetAsync,
            Responses = [new(200, null, "The page.", "text/html"), Fault(400, InvalidParameter)],
        },
    ];

    /// <summary>What the 404 and 405 of a mapped host carry in their metadata: they tell nothing that needs a key. Not a row of <see cref="All"/>.</summary>
    public static EndpointDescription Fallback { get; } = new()
    {
        Name = "Fallback",
        Method = "*",
        Route = "{**path}",
        Access = EndpointAccess.Anonymous,
        Summary = "What is not there.",
        Handler = _ => context => Task.FromResult<IResult>(ProblemResult.Of(ProblemTypes.NotFound, $"There is nothing at {context.Request.Path}.")),
        Responses = [],
    };

    private static IReadOnlyList<EndpointResponse> OfBreaker =>
    [
        Json<PipelineResponse>(200, "How it is now."), Fault(400, InvalidParameter), Fault(404, "There is no such breaker; known lists them."),
        Fault(503, "The breaker-state store could not record it; nothing was changed."),
    ];

    private static EndpointResponse Json<T>(int status, string description) => new(status, typeof(T), description);

    private static EndpointResponse Fault(int status, string description) => new(status, typeof(Problem), description, ProblemResult.ContentType);
}
