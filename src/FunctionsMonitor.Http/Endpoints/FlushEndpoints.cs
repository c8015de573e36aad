using System.Globalization;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Operators;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Flushes: forced, and listed.</summary>
public sealed class FlushEndpoints
{
    /// <summary>Gateways on Azure give up after 230 seconds; the answer must be there before.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(200);

    private readonly MetricsPersister persister;
    private readonly MetricsReader reader;
    private readonly OperatorActions actions;
    private readonly TimeProvider time;

    internal FlushEndpoints(MetricsPersister persister, MetricsReader reader, OperatorActions actions, TimeProvider time)
    {
        this.persister = persister;
        this.reader = reader;
        this.actions = actions;
        this.time = time;
    }

    /// <summary><c>POST /metrics/flush</c>. A caller that leaves does not end the flush.</summary>
    public async Task<IResult> FlushAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        using var budget = new CancellationTokenSource(AnswerWithin, time);
        var report = await actions.RunAsync(
            context, "flush", "buffer", async () => await persister.FlushAsync("manual", budget.Token).ConfigureAwait(false), Describe).ConfigureAwait(false);

        var answer = FlushResponse.Of(report);
        return report.Outcome == FlushOutcome.Failed
            ? new ProblemResult(Problem.Of(ProblemTypes.FlushFailed, string.Join(" ", report.Notes)) with { Report = answer, FlushId = report.FlushId })
            : Answer.Json(answer, HttpJson.Wire.FlushResponse);
    }

    /// <summary><c>GET /metrics/flush</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new QueryReader(context, QueryParameters.OfFlushes);
        var limit = query.Integer(QueryParameters.FlushLimit, QueryParameters.DefaultFlushes);
        var reports = await reader.ListFlushesAsync(limit, context.RequestAborted).ConfigureAwait(false);
        return Answer.Json(new FlushesResponse([.. reports.Select(FlushResponse.Of)]), HttpJson.Wire.FlushesResponse);
    }

    private static string Describe(FlushReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Outcome}: flush {report.FlushId}, {report.Segments} segments, {report.Events} events").ToLowerInvariant();
}
