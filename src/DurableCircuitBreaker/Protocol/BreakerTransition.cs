using Polly.CircuitBreaker;

namespace DurableCircuitBreaker;

/// <summary>One change of a breaker's shared state.</summary>
/// <param name="At">When, in the store's time.</param>
/// <param name="From">The state left.</param>
/// <param name="To">The state entered.</param>
/// <param name="Host">The host whose instance wrote it.</param>
/// <param name="Instance">That instance.</param>
/// <param name="Cause">Why, at most 128 characters: an error's type and code, or a word such as <c>manual</c>.</param>
public sealed record BreakerTransition(DateTimeOffset At, CircuitState From, CircuitState To, string Host, string Instance, string Cause);
