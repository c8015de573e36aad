using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Operators;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Functions.Http;

/// <summary>Runs one endpoint as a function: the only step between a trigger and an endpoint.</summary>
internal static class HttpFunction
{
    /// <summary>
    /// Writes the endpoint's result to the response here. A function that returns the <see cref="IResult"/> has it written too, but
    /// the worker then sends the same object to the host once more, as JSON: 20 MB of text took the invocation 5.7 s instead of 0.4 s.
    /// </summary>
    /// <param name="context">The request's context; its <see cref="HttpContext.RequestAborted"/> also follows <paramref name="cancellationToken"/>
    /// from here on, because a <c>functionTimeout</c> cancels that one alone, and the host restarts the worker if nobody listens.</param>
    /// <param name="endpoint">The endpoint; what it throws becomes a problem here.</param>
    /// <param name="cancellationToken">The function's token.</param>
    public static async Task RunAsync(HttpContext context, Func<HttpContext, Task<IResult>> endpoint, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, cancellationToken);
        context.RequestAborted = stopping.Token;
        context.Items[OperatorActor.Item] = OperatorActor.OfFunction(context.Request.Headers, Environment.GetEnvironmentVariable(OperatorActor.AuthenticationVariable));
        var result = await EndpointInvoker.InvokeAsync(context, endpoint);
        await result.ExecuteAsync(context);
    }
}
