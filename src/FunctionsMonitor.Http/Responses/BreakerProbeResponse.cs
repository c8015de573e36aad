namespace FunctionsMonitor.Http.Responses;

/// <summary>Who holds the probe of a half-open breaker.</summary>
/// <param name="Host">The host.</param>
/// <param name="Instance">The instance on it.</param>
/// <param name="Until">When another one may have it.</param>
public sealed record BreakerProbeResponse(string Host, string Instance, DateTimeOffset Until);
