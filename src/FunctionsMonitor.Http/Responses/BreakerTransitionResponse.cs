using System.Text.Json.Serialization;
using DurableCircuitBreaker;
using FunctionsMonitor.Http.Json;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A breaker changed its state.</summary>
/// <param name="At">When.</param>
/// <param name="From">What it was until then.</param>
/// <param name="To">What it is since.</param>
/// <param name="Host">The host that changed it.</param>
/// <param name="Instance">The instance on it.</param>
/// <param name="Cause">Why.</param>
public sealed record BreakerTransitionResponse(
    DateTimeOffset At,
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<CircuitState>))] CircuitState From,
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<CircuitState>))] CircuitState To,
    string Host,
    string Instance,
    string Cause)
{
    public static BreakerTransitionResponse Of(BreakerTransition transition) =>
        new(transition.At, transition.From, transition.To, transition.Host, transition.Instance, transition.Cause);
}
