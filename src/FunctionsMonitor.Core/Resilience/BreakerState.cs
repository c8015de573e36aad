using System.Text.Json.Serialization;

namespace FunctionsMonitor.Resilience;

/// <summary>The state of a circuit breaker, spelled in JSON as operators read it: <c>closed</c>, <c>open</c>, <c>half_open</c>, <c>isolated</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BreakerState>))]
public enum BreakerState
{
    /// <summary>Calls pass.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>Calls are rejected until the break is over.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>One call, the probe, is let through; the others are rejected.</summary>
    [JsonStringEnumMemberName("half_open")]
    HalfOpen,

    /// <summary>Cut off by hand, until reset by hand.</summary>
    [JsonStringEnumMemberName("isolated")]
    Isolated,
}
