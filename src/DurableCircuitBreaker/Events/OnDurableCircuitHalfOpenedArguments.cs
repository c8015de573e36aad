namespace DurableCircuitBreaker;

/// <summary>This instance is about to make the one call that finds out whether the resource is back.</summary>
public readonly record struct OnDurableCircuitHalfOpenedArguments
{
    /// <summary>Made by the breaker, and by tests of what is built on it.</summary>
    /// <param name="breakerName">Which breaker.</param>
    /// <param name="isShared">True when it holds the lease that all instances respect; false when it probes on its own account.</param>
    public OnDurableCircuitHalfOpenedArguments(string breakerName, bool isShared)
    {
        BreakerName = breakerName;
        IsShared = isShared;
    }

    /// <summary>Which breaker.</summary>
    public string BreakerName { get; }

    /// <summary>True when it holds the lease that all instances respect; false when it probes on its own account.</summary>
    public bool IsShared { get; }
}
