using System.Text.Json.Serialization;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>Whether the flags fit together and every value could be used.</summary>
/// <param name="Status">Healthy or degraded: no flag stops the program.</param>
/// <param name="Violations">Rules between flags that do not hold.</param>
/// <param name="Problems">Everything that is wrong, in words: sources, values, rules.</param>
/// <param name="Flags">Each flag with what it is, whence, and what was ignored for it.</param>
public sealed record FlagsHealthResponse(
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))] HealthStatus Status,
    IReadOnlyList<FlagViolationResponse> Violations,
    IReadOnlyList<string> Problems,
    IReadOnlyList<FlagResponse> Flags)
{
    public static FlagsHealthResponse Of(FlagSnapshot flags, DateTimeOffset now) => new(
        flags.Problems.Count == 0 ? HealthStatus.Healthy : HealthStatus.Degraded,
        [.. flags.Violations.Select(FlagViolationResponse.Of)],
        flags.Problems,
        [.. flags.Resolutions.Select(resolution => FlagResponse.Of(resolution, now))]);
}
