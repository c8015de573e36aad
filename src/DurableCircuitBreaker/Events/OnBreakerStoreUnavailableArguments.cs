namespace DurableCircuitBreaker;

/// <summary>The shared state is unknown; the breaker goes on as a local one.</summary>
/// <param name="BreakerName">Which breaker.</param>
/// <param name="Exception">What the store's call ended in.</param>
/// <param name="IsUnreadable">The store answers, but what it has under this name is no record that this version can read.</param>
public readonly record struct OnBreakerStoreUnavailableArguments(string BreakerName, Exception Exception, bool IsUnreadable);
