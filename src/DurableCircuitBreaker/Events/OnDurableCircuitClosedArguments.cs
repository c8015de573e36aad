namespace DurableCircuitBreaker;

/// <summary>Calls of this instance pass again.</summary>
public readonly record struct OnDurableCircuitClosedArguments
{
    /// <summary>Made by the breaker, and by tests of what is built on it.</summary>
    /// <param name="breakerName">Which breaker.</param>
    /// <param name="isShared">True when the circuit is known to be closed for all, be it that only this one was cut off; false when this one goes on alone, without the store.</param>
    public OnDurableCircuitClosedArguments(string breakerName, bool isShared)
    {
        BreakerName = breakerName;
        IsShared = isShared;
    }

    /// <summary>Which breaker.</summary>
    public string BreakerName { get; }

    /// <summary>True when the circuit is known to be closed for all, be it that only this one was cut off; false when this one goes on alone, without the store.</summary>
    public bool IsShared { get; }
}
