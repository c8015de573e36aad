using System.Text.Json.Serialization;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A breaker changed its state.</summary>
/// <param name="At">When.</param>
/// <param name="From">What it was until then.</param>
/// <param name="To">What it is since.</param>
/// <param name="Cause">Why.</param>
public sealed record BreakerTransitionResponse(
    DateTimeOffset At,
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<BreakerState>))] BreakerState From,
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<BreakerState>))] BreakerState To,
    string Cause)
{
    public static BreakerTransitionResponse Of(BreakerTransition transition) => new(transition.At, transition.From, transition.To, transition.Cause);
}
