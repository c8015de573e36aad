using System.Text.Json.Serialization;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>What one check found.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="Since">Since when it is like this, as far as the instance that answers has looked.</param>
/// <param name="Cause">Why it is not healthy; absent when it is.</param>
public sealed record SummaryCheckResponse(
    string Name, [property: JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))] HealthStatus Status, DateTimeOffset Since, string? Cause)
{
    public static SummaryCheckResponse Of(HealthCheckResult check) => new(check.Name, check.Status, check.Since, check.Cause);
}
