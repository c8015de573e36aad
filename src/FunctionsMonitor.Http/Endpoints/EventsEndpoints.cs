using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Events: taken in, and read back.</summary>
/// <param name="ingestor">Takes them.</param>
/// <param name="idempotentIngestor">Takes those of a request that has an <c>Idempotency-Key</c>.</param>
/// <param name="reader">Made when somebody reads: the first event of a cold instance does not wait for a way to the store.</param>
/// <param name="options">The limits of a body.</param>
public sealed class EventsEndpoints(
    EventIngestor ingestor, IdempotentIngestor idempotentIngestor, Lazy<MetricsReader> reader, IOptions<IngestOptions> options)
{
    /// <summary><c>POST /events</c>.</summary>
    public async Task<IResult> IngestAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var key = IdempotencyHeaders.Read(context.Request);
        await using var body = await EventBody.OpenAsync(context.Request, options.Value, context.RequestAborted).ConfigureAwait(false);
        if (key is not null)
        {
            var (answer, replayed) = await idempotentIngestor.IngestAsync(key, body.Reader, body.Format, KeptAnswer.Of, context.RequestAborted).ConfigureAwait(false);
            return new KeptAnswer(answer, replayed);
        }

        var result = await ingestor.IngestAsync(body.Reader, body.Format, context.RequestAborted).ConfigureAwait(false);
        return IngestAnswers.Refusal(result) is { } refusal
            ? new ProblemResult(refusal)
            : Answer.Json(IngestAnswers.Acknowledge(result), HttpJson.Wire.IngestResponse, StatusCodes.Status202Accepted);
    }

    /// <summary><c>GET /events</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new QueryReader(context, QueryParameters.OfEvents);
        var (from, to) = query.Range();
        var limit = query.Integer(QueryParameters.Limit, QueryParameters.DefaultLimit);
        var filter = new EventQuery
        {
            Type = query.Text(QueryParameters.Type),
            Source = query.Text(QueryParameters.Source),
            From = from is null ? null : EventTime.ToMicroseconds(from.Value),
            To = to is null ? null : EventTime.ToMicroseconds(to.Value),
            Limit = limit + 1,
        };
        var name = Filters.Name(filter.Type, filter.Source, filter.From, filter.To);
        filter = filter with { After = PageCursors.ReadEvent(name, query.Text(QueryParameters.Cursor)) };

        var found = await reader.Value.ListEventsAsync(filter, context.RequestAborted).ConfigureAwait(false);
        return Answer.Json(
            found.ToPage(limit, EventResponse.Of, last => PageCursors.OfEvent(name, last.Key)), HttpJson.Wire.EventPage);
    }
}
