using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Operators;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Dead letters: looked at, replayed, discarded.</summary>
public sealed class DeadLettersEndpoints
{
    private readonly MetricsReader reader;
    private readonly DeadLetterReplayer replayer;
    private readonly OperatorActions actions;
    private readonly MonitorInstance instance;

    internal DeadLettersEndpoints(MetricsReader reader, DeadLetterReplayer replayer, OperatorActions actions, MonitorInstance instance)
    {
        this.reader = reader;
        this.replayer = replayer;
        this.actions = actions;
        this.instance = instance;
    }

    /// <summary><c>GET /dead-letters</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new QueryReader(context, QueryParameters.OfDeadLetters);
        var (from, to) = query.Range();
        var limit = query.Integer(QueryParameters.Limit, QueryParameters.DefaultLimit);
        var filter = new DeadLetterFilter
        {
            Reason = query.Text(QueryParameters.Reason),
            EventType = query.Text(QueryParameters.Type),
            Source = query.Text(QueryParameters.Source),
            From = from,
            To = to,
            Replayed = query.Boolean(QueryParameters.Replayed),
        };
        var name = Filters.Name(filter.Reason, filter.EventType, filter.Source, from?.UtcTicks, to?.UtcTicks, filter.Replayed);
        var after = PageCursors.ReadDeadLetter(name, query.Text(QueryParameters.Cursor));

        var found = await reader.ListAsync(filter, after, limit + 1, context.RequestAborted).ConfigureAwait(false);
        var counts = await reader.CountByReasonAsync(filter, context.RequestAborted).ConfigureAwait(false);
        var page = found.ToPage(limit, DeadLetterSummary.Of, last => PageCursors.OfDeadLetter(name, last.Id));
        return Answer.Json(
            new DeadLettersResponse(page.Items, counts.Values.Sum(), counts, page.NextCursor), HttpJson.Wire.DeadLettersResponse);
    }

    /// <summary><c>GET /dead-letters/{id}</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var id = RouteReader.DeadLetterId(context);
        return await reader.FindAsync(id, context.RequestAborted).ConfigureAwait(false) is { } letter
            ? Answer.Json(DeadLetterResponse.Of(letter), HttpJson.Wire.DeadLetterResponse)
            : NotFound(id);
    }

    /// <summary><c>POST /dead-letters/{id}/replay</c>.</summary>
    public async Task<IResult> ReplayOneAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var id = RouteReader.DeadLetterId(context);
        var result = await actions.RunAsync(
            context, "replay", id.ToString(),
            async () => await replayer.ReplayAsync(id, context.RequestAborted).ConfigureAwait(false),
            done => done is null ? null : done.Replayed ? $"replayed into segment {done.SegmentId}" : "refused").ConfigureAwait(false);
        return result switch
        {
            null => NotFound(id),
            { Replayed: true, SegmentId: { } segment } => Answer.Json(
                new ReplayResponse(id.ToString(), segment), HttpJson.Wire.ReplayResponse, StatusCodes.Status202Accepted),
            _ => new ProblemResult(Problem.Of(ProblemTypes.ReplayRefused, string.Join(" ", result.Refusals)) with { Field = "id" }),
        };
    }

    /// <summary><c>POST /dead-letters/replay</c>.</summary>
    public async Task<IResult> ReplayAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var request = await ReplayRequestReader.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var filter = new DeadLetterFilter
        {
            Reason = request.Reason,
            EventType = request.Type,
            Source = request.Source,
            From = request.From,
            To = request.To,
            Replayed = request.Replayed,
        };
        var options = new ReplayOptions { DryRun = request.DryRun, Limit = request.Limit, RatePerSecond = request.RatePerSecond };
        var target = ReplayTarget.Describe(request);
        var report = await actions.RunAsync(
            context, "replay", target,
            async () => await replayer.ReplayAsync(filter, options, context.RequestAborted, target).ConfigureAwait(false),
            done => done.DryRun ? null : $"{done.Replayed} replayed, {done.Refused} refused, {done.Remaining} remaining{StoppedBy(done)}",
            // Not of another one, which this one was refused for.
            exception => exception is not ReplayInProgressException && !options.DryRun && replayer.Progress is { } progress
                ? $"after {progress.Replayed} replayed, {progress.Refused} refused"
                : null).ConfigureAwait(false);
        return Answer.Json(ReplayReportResponse.Of(report), HttpJson.Wire.ReplayReportResponse);
    }

    /// <summary><c>GET /dead-letters/replay</c>.</summary>
    public Task<IResult> ReplayStatusAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var progress = replayer.Progress is { } found ? ReplayProgressResponse.Of(found) : null;
        return Task.FromResult(Answer.Json(
            new ReplayStatusResponse(instance.Name, instance.StartedAt, progress), HttpJson.Wire.ReplayStatusResponse));
    }

    /// <summary><c>DELETE /dead-letters/replay</c>.</summary>
    public async Task<IResult> CancelReplayAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var cancelled = await actions.RunAsync(
            context, "cancel-replay", "dead letters", () => Task.FromResult(replayer.Cancel()),
            done => done is null ? null : $"asked replay {done.Id} to end after {done.Replayed} replayed").ConfigureAwait(false);
        return cancelled is null
            ? ProblemResult.Of(ProblemTypes.NotFound, $"No replay by filter runs on {instance.Name}.")
            : Answer.Json(ReplayProgressResponse.Of(cancelled), HttpJson.Wire.ReplayProgressResponse, StatusCodes.Status202Accepted);
    }

    /// <summary><c>DELETE /dead-letters/{id}</c>.</summary>
    public async Task<IResult> DiscardAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var id = RouteReader.DeadLetterId(context);
        var found = await actions.RunAsync(
            context, "discard", id.ToString(),
            async () => await reader.DeleteAsync(id, context.RequestAborted).ConfigureAwait(false),
            done => done ? "discarded" : null).ConfigureAwait(false);
        return found ? TypedResults.NoContent() : NotFound(id);
    }

    private static string StoppedBy(ReplayReport report) => report.StoppedBy is { } stop ? $", stopped by {stop}".ToLowerInvariant() : "";

    private static ProblemResult NotFound(DeadLetterId id) =>
        new(Problem.Of(ProblemTypes.NotFound, $"There is no dead letter {id}.") with { Field = "id" });
}
