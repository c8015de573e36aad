using System.Text.Json.Serialization;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>The process answers. Anonymous, so it says nothing else.</summary>
/// <param name="Status">Always healthy.</param>
public sealed record LivenessResponse([property: JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))] HealthStatus Status);
