using System.Text.Json.Serialization;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>What one check found.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="Cause">Why it is not healthy; absent when it is.</param>
/// <param name="DurationMs">How long the look took.</param>
/// <param name="Since">Since when it is like this, as far as the instance that answers has looked.</param>
public sealed record HealthCheckResponse(
    string Name, [property: JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))] HealthStatus Status, string? Cause, double DurationMs,
    DateTimeOffset Since)
{
    public static HealthCheckResponse Of(HealthCheckResult check) =>
        new(check.Name, check.Status, check.Cause, check.Duration.TotalMilliseconds, check.Since);
}
