namespace DurableCircuitBreaker;

/// <summary>Calls of this instance pass again.</summary>
/// <param name="BreakerName">Which breaker.</param>
/// <param name="IsShared">True when it holds for all instances; false when only this one's own break has ended.</param>
public readonly record struct OnDurableCircuitClosedArguments(string BreakerName, bool IsShared);
