using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Events: taken in, and read back.</summary>
public sealed class EventsEndpoints(EventIngestor ingestor, MetricsReader reader, IOptions<IngestOptions> options)
{
    /// <summary><c>POST /events</c>.</summary>
    public async Task<IResult> IngestAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        await using var body = EventBody.Open(context.Request, options.Value.MaxBodyBytes);
        var result = await ingestor.IngestAsync(body.Reader, body.Format, context.RequestAborted).ConfigureAwait(false);
        var errors = IngestErrorResponse.Of(result.Errors);
        var truncated = result.ErrorsTruncated ? true : (bool?)null;
        return result is { Accepted: 0, Rejected: > 0 }
            ? new ProblemResult(Problem.Of(ProblemTypes.AllRejected, $"All {result.Rejected} events were rejected; nothing was kept.") with
            {
                Field = errors.Count > 0 ? errors[0].Field : null,
                Index = errors.Count > 0 ? errors[0].Index : null,
                Errors = errors,
                ErrorsTruncated = truncated,
            })
            : Answer.Json(
                new IngestResponse(result.Accepted, result.Rejected, result.SegmentId, errors) { ErrorsTruncated = truncated },
                HttpJson.Wire.IngestResponse, StatusCodes.Status202Accepted);
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

        var found = await reader.ListEventsAsync(filter, context.RequestAborted).ConfigureAwait(false);
        return Answer.Json(
            found.ToPage(limit, EventResponse.Of, last => PageCursors.OfEvent(name, last.Key)), HttpJson.Wire.EventPage);
    }
}
