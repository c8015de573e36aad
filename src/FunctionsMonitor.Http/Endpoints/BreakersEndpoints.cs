using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Operators;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Resilience;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Breakers, by hand.</summary>
public sealed class BreakersEndpoints
{
    private readonly PipelineRegistry pipelines;
    private readonly OperatorActions actions;

    internal BreakersEndpoints(PipelineRegistry pipelines, OperatorActions actions)
    {
        this.pipelines = pipelines;
        this.actions = actions;
    }

    /// <summary><c>POST /breakers/{name}/isolate</c>.</summary>
    public Task<IResult> IsolateAsync(HttpContext context) =>
        ChangeAsync(context, "isolate", static (pipeline, token) => pipeline.IsolateAsync(token));

    /// <summary><c>POST /breakers/{name}/reset</c>.</summary>
    public Task<IResult> ResetAsync(HttpContext context) =>
        ChangeAsync(context, "reset", static (pipeline, token) => pipeline.ResetAsync(token));

    private async Task<IResult> ChangeAsync(HttpContext context, string action, Func<MonitorPipeline, CancellationToken, Task> change)
    {
        QueryReader.ExpectNone(context);
        var name = RouteReader.Text(context, "name");
        if (pipelines.TryGet(name) is not { } pipeline)
            return new ProblemResult(Problem.Of(
                ProblemTypes.NotFound, $"There is no breaker '{QueryReader.Shorten(name)}'; there are {string.Join(", ", pipelines.Names)}.") with
            {
                Field = "name", Known = pipelines.Names,
            });

        var metrics = await actions.RunAsync(
            context, action, name,
            async () =>
            {
                await change(pipeline, context.RequestAborted).ConfigureAwait(false);
                return pipeline.Metrics;
            },
            done => $"{done.State}".ToLowerInvariant()).ConfigureAwait(false);
        return Answer.Json(PipelineResponse.Of(metrics), HttpJson.Wire.PipelineResponse);
    }
}
