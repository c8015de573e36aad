using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Operators;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.Local.Access;

/// <summary>Stops a request that may not reach its endpoint, and notes who asks for the others.</summary>
internal sealed class AccessGuard(RequestDelegate next, AccessPolicy policy)
{
    public const string KeyHeader = "x-functions-key";

    /// <summary>What Azure calls it there.</summary>
    private const string KeyParameter = "code";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var row = context.GetEndpoint()?.Metadata.GetMetadata<EndpointDescription>();
        var decision = policy.Decide(new(
            context.Request.Method,
            context.Request.Host,
            headers.Origin.Count > 0 ? headers.Origin.ToString() : null,
            KeyOf(context.Request, row),
            AccessOf(context.GetEndpoint(), row)));
        if (decision.Refusal is { } refusal)
            return RefuseAsync(context, refusal);

        context.Items[OperatorActor.Item] = decision.Actor;
        return next(context);
    }

    /// <summary>What is not ours to serve (404, 405) needs no key; an endpoint that says nothing needs the strongest.</summary>
    private static EndpointAccess AccessOf(Endpoint? endpoint, EndpointDescription? row) =>
        endpoint is null ? EndpointAccess.Anonymous : row?.Access ?? EndpointAccess.Operate;

    /// <summary>An address ends up in logs and histories, so the query counts only where a sender can do no better, and a header goes before it.</summary>
    private static string? KeyOf(HttpRequest request, EndpointDescription? row)
    {
        var inHeader = request.Headers[KeyHeader];
        if (inHeader.Count > 0)
            return inHeader.Count == 1 ? inHeader[0] : null;
        if (row is not { TakesKeyInQuery: true })
            return null;

        var inQuery = request.Query[KeyParameter];
        return inQuery.Count == 1 ? inQuery[0] : null;
    }

    private static Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        if (refusal.Type == ProblemTypes.Unauthorized)
            context.Response.Headers.WWWAuthenticate = $"FunctionsKey realm=\"functionsmonitor\", header=\"{KeyHeader}\"";
        return ProblemResult.Of(refusal.Type, refusal.Detail).ExecuteAsync(context);
    }
}
