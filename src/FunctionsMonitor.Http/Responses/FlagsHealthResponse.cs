using System.Text.Json.Serialization;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>Whether the flags fit together and every value could be used.</summary>
/// <param name="Status">Healthy or degraded: no flag stops the program.</param>
/// <param name="Violations">What is wrong, in words.</param>
public sealed record FlagsHealthResponse(
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))] HealthStatus Status, IReadOnlyList<string> Violations);
