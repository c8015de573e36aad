namespace FunctionsMonitor.Resilience;

/// <summary>One change of a breaker's state.</summary>
/// <param name="At">When, by the instance's clock, UTC.</param>
/// <param name="From">The state left.</param>
/// <param name="To">The state entered.</param>
/// <param name="Cause">Why: an error's type and code, or a word such as <c>manual</c>; at most 128 characters.</param>
public sealed record BreakerTransition(DateTimeOffset At, BreakerState From, BreakerState To, string Cause);
