namespace DurableCircuitBreaker;

/// <summary>This instance is about to make the one call that finds out whether the resource is back.</summary>
/// <param name="BreakerName">Which breaker.</param>
/// <param name="IsShared">True when it holds the lease that all instances respect; false when it probes on its own account.</param>
public readonly record struct OnDurableCircuitHalfOpenedArguments(string BreakerName, bool IsShared);
