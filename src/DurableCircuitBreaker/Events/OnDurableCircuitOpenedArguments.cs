namespace DurableCircuitBreaker;

/// <summary>Calls of this instance are rejected from now on.</summary>
/// <param name="BreakerName">Which breaker.</param>
/// <param name="Cause">Why: an error's type and code, or <c>manual</c>; at most 128 characters.</param>
/// <param name="RetryAfter">How long at least; null when isolated by hand.</param>
/// <param name="IsManual">An operator did it.</param>
/// <param name="IsShared">True when it holds for all instances; false when this one is cut off alone, below the quorum or without the store.</param>
public readonly record struct OnDurableCircuitOpenedArguments(string BreakerName, string Cause, TimeSpan? RetryAfter, bool IsManual, bool IsShared);
