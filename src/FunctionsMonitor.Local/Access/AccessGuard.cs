using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Operators;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.Local.Access;

/// <summary>Stops a request that may not reach its endpoint, and notes who asks for the others.</summary>
internal sealed class AccessGuard(RequestDelegate next, AccessPolicy policy)
{
    public const string KeyHeader = "x-functions-key";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var decision = policy.Decide(new(
            context.Request.Method,
            context.Request.Host,
            headers.Origin.Count > 0 ? headers.Origin.ToString() : null,
            headers[KeyHeader].Count == 1 ? headers[KeyHeader][0] : null,
            AccessOf(context.GetEndpoint())));
        if (decision.Refusal is { } refusal)
            return RefuseAsync(context, refusal);

        context.Items[OperatorActor.Item] = decision.Actor;
        return next(context);
    }

    /// <summary>What is not ours to serve (404, 405) needs no key; an endpoint that says nothing needs the strongest.</summary>
    private static EndpointAccess AccessOf(Endpoint? endpoint) => endpoint is null
        ? EndpointAccess.Anonymous
        : endpoint.Metadata.GetMetadata<EndpointDescription>()?.Access ?? EndpointAccess.Operate;

    private static Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        if (refusal.Type == ProblemTypes.Unauthorized)
            context.Response.Headers.WWWAuthenticate = $"FunctionsKey realm=\"functionsmonitor\", header=\"{KeyHeader}\"";
        return ProblemResult.Of(refusal.Type, refusal.Detail).ExecuteAsync(context);
    }
}
