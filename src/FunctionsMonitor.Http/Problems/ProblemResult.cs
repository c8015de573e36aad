using System.Globalization;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Json;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Problems;

/// <summary>Answers a <see cref="Problem"/> as <c>application/problem+json</c>, with the headers that go with it.</summary>
public sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult, IValueHttpResult<Problem>
{
    public const string ContentType = "application/problem+json";

    public int? StatusCode => Value!.Status;

    public Problem? Value { get; } = problem;

    public static ProblemResult Of(ProblemType type, string detail) => new(Problem.Of(type, detail));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var problem = Value!;
        // Not every problem comes from an endpoint: a path that is not there, or a key that does not fit, has none.
        Answer.SetHeaders(httpContext.Response);
        var headers = httpContext.Response.Headers;
        if (problem.RetryAfter is { } wait)
            headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (problem.Allow is { } methods)
            headers.Allow = methods;

        return TypedResults.Json(problem, HttpJson.Wire.Problem, ContentType, problem.Status).ExecuteAsync(httpContext);
    }
}
