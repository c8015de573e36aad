using System.Text.Json.Serialization;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Resilience;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A breaker in a word.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">The shared state.</param>
/// <param name="Passing">Whether calls of the instance that answers pass now.</param>
/// <param name="OpenedAt">When it opened or was isolated; absent while it is closed.</param>
/// <param name="Reason">Why it is open.</param>
/// <param name="Votes">Hosts that say that the resource is down.</param>
/// <param name="LastTransitionAt">When it last changed its state; absent before the first time.</param>
public sealed record SummaryBreakerResponse(
    string Name, [property: JsonConverter(typeof(SnakeCaseEnumConverter<CircuitState>))] CircuitState State, bool Passing, DateTimeOffset? OpenedAt,
    string? Reason, int Votes, DateTimeOffset? LastTransitionAt)
{
    public static SummaryBreakerResponse Of(PipelineMetrics metrics) => new(
        metrics.Name, metrics.Breaker.State, metrics.Breaker.IsPassing, metrics.Breaker.OpenedAt, metrics.Breaker.LocalCause ?? metrics.Breaker.Reason,
        metrics.Breaker.Votes.Count, metrics.Breaker.Transitions.Count > 0 ? metrics.Breaker.Transitions[^1].At : null);
}
