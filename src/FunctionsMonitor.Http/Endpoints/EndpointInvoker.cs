using System.Diagnostics;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Runs an endpoint and makes a result of whatever it throws, so that no host answers with an empty 500 or a stack trace.</summary>
public static class EndpointInvoker
{
    /// <summary>Nginx's status for a client that has left. Nobody reads it; it keeps a departure out of the 5xx figures.</summary>
    public const int ClientClosedRequest = 499;

    public static async Task<IResult> InvokeAsync(HttpContext context, Func<HttpContext, Task<IResult>> endpoint)
    {
        Answer.SetHeaders(context.Response);
        try
        {
            return await endpoint(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested || IsDeparture(exception))
        {
            return TypedResults.StatusCode(ClientClosedRequest);
        }
        catch (Exception exception) when (ExceptionProblems.TryDescribe(exception) is { } known)
        {
            return new ProblemResult(known);
        }
        catch (Exception exception)
        {
            var traceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
            Log.Unexpected(
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(EndpointInvoker)), exception,
                context.Request.Method, context.Request.Path, traceId);
            return new ProblemResult(
                Problem.Of(ProblemTypes.Internal, "The program's log has the cause under this trace_id.") with { TraceId = traceId });
        }
    }

    /// <summary>A read of the body fails before <see cref="HttpContext.RequestAborted"/> is set: Kestrel sets it from another thread.</summary>
    private static bool IsDeparture(Exception exception) => exception is ConnectionResetException or ConnectionAbortedException;
}
