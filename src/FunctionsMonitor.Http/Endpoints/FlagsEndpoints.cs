using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Responses;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The flags, as this instance has them.</summary>
public sealed class FlagsEndpoints(FlagManager flags, MonitorInstance instance, TimeProvider time)
{
    /// <summary><c>GET /flags/status</c>.</summary>
    public Task<IResult> StatusAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var now = time.GetUtcNow();
        return Task.FromResult(Answer.Json(
            new FlagsStatusResponse(
                instance.Name, instance.StartedAt, [.. flags.Current.Resolutions.Select(resolution => FlagResponse.Of(resolution, now))]),
            HttpJson.Wire.FlagsStatusResponse));
    }
}
