using FunctionsMonitor.Flags;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Responses;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Health. Unknown query parameters are passed over here: probes of other people's making add what they like.</summary>
public sealed class HealthEndpoints(HealthService health, FlagManager flags, TimeProvider time)
{
    /// <summary><c>GET /health</c>.</summary>
    public async Task<IResult> CheckAsync(HttpContext context) =>
        ToResult(await health.CheckAsync(context.RequestAborted).ConfigureAwait(false));

    /// <summary><c>GET /health/ready</c>.</summary>
    public async Task<IResult> ReadyAsync(HttpContext context) =>
        ToResult(await health.CheckReadyAsync(context.RequestAborted).ConfigureAwait(false));

    /// <summary><c>GET /health/live</c>.</summary>
    public static Task<IResult> LiveAsync(HttpContext context) =>
        Task.FromResult(Answer.Json(new LivenessResponse(HealthStatus.Healthy), HttpJson.Wire.LivenessResponse));

    /// <summary><c>GET /health/flags</c>.</summary>
    public Task<IResult> FlagsAsync(HttpContext context) =>
        Task.FromResult(Answer.Json(FlagsHealthResponse.Of(flags.Current, time.GetUtcNow()), HttpJson.Wire.FlagsHealthResponse));

    private static IResult ToResult(HealthReport report) => Answer.Json(
        HealthResponse.Of(report), HttpJson.Wire.HealthResponse,
        report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
}
