using System.Text.Json.Serialization;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>All checks, and the worst of them.</summary>
/// <param name="Status">As bad as the worst check.</param>
/// <param name="Since">Since when the whole is like this, as far as the instance that answers has looked.</param>
/// <param name="Checks">What was looked at.</param>
public sealed record HealthResponse(
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))] HealthStatus Status, DateTimeOffset Since,
    IReadOnlyList<HealthCheckResponse> Checks)
{
    public static HealthResponse Of(HealthReport report) => new(report.Status, report.Since, [.. report.Checks.Select(HealthCheckResponse.Of)]);
}
