using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Operators;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Resilience;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Breakers, by hand and for all instances.</summary>
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
        ChangeAsync(context, "isolate", static (pipelines, name, token) => pipelines.IsolateAsync(name, token));

    /// <summary><c>POST /breakers/{name}/reset</c>.</summary>
    public Task<IResult> ResetAsync(HttpContext context) =>
        ChangeAsync(context, "reset", static (pipelines, name, token) => pipelines.ResetAsync(name, token));

    private async Task<IResult> ChangeAsync(HttpContext context, string action, Func<PipelineRegistry, string, CancellationToken, Task> change)
    {
        QueryReader.ExpectNone(context);
        var name = RouteReader.Text(context, "name");
        if (!pipelines.TryGet(name, out _))
            return NotFound(name, [.. pipelines.List().Select(pipeline => pipeline.Name)]);

        var metrics = await actions.RunAsync(
            context, action, name,
            async () =>
            {
                await change(pipelines, name, context.RequestAborted).ConfigureAwait(false);
                return pipelines.GetMetrics(name);
            },
            done => $"{done.Breaker.State}".ToLowerInvariant()).ConfigureAwait(false);
        return Answer.Json(PipelineResponse.Of(metrics), HttpJson.Wire.PipelineResponse);
    }

    private static ProblemResult NotFound(string name, IReadOnlyList<string> known) => new(
        Problem.Of(ProblemTypes.NotFound, $"There is no breaker '{QueryReader.Shorten(name)}'; there are {string.Join(", ", known)}.") with
        {
            Field = "name",
            Known = known,
        });
}
