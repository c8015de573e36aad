using System.Text.Json;
using FunctionsMonitor.Events;
using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Idempotency;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The answer to a request with an idempotency key: the same bytes the first time and every time after.</summary>
internal sealed class KeptAnswer(IdempotencyAnswer answer, bool replayed) : IResult, IStatusCodeHttpResult
{
    private const string ContentType = "application/json; charset=utf-8";

    public int? StatusCode => answer.Status;

    public static IdempotencyAnswer Of(IngestResult result) => IngestAnswers.Refusal(result) is { } refusal
        ? new(refusal.Status, ProblemResult.ContentType, JsonSerializer.SerializeToUtf8Bytes(refusal, HttpJson.Wire.Problem))
        : new(
            StatusCodes.Status202Accepted, ContentType,
            JsonSerializer.SerializeToUtf8Bytes(IngestAnswers.Acknowledge(result), HttpJson.Wire.IngestResponse));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        if (replayed)
            response.Headers[IdempotencyHeaders.Replayed] = "true";
        return response.Body.WriteAsync(answer.Body, httpContext.RequestAborted).AsTask();
    }
}
