using System.Text.Json.Serialization;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>Whether the flags fit together and every value could be used.</summary>
/// <param name="Status">Healthy or degraded: no flag stops the program.</param>
/// <param name="Violations">Rules between flags that do not hold.</param>
/// <param name="Problems">Everything that is wrong, in words: sources, values, rules.</param>
public sealed record FlagsHealthResponse(
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))] HealthStatus Status,
    IReadOnlyList<FlagViolationResponse> Violations,
    IReadOnlyList<string> Problems)
{
    public static FlagsHealthResponse Of(FlagSnapshot flags) => new(
        flags.Problems.Count == 0 ? HealthStatus.Healthy : HealthStatus.Degraded,
        [.. flags.Violations.Select(FlagViolationResponse.Of)],
        flags.Problems);
}
