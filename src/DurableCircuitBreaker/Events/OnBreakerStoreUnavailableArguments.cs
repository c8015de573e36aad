namespace DurableCircuitBreaker;

/// <summary>The shared state is unknown, and the breaker goes on as a local one; or it can be read, and nothing of this instance is written.</summary>
public readonly record struct OnBreakerStoreUnavailableArguments
{
    /// <summary>Made by the breaker, and by tests of what is built on it.</summary>
    /// <param name="breakerName">Which breaker.</param>
    /// <param name="exception">What the store's call ended in.</param>
    /// <param name="isUnreadable">The store answers, but what it has under this name is no record that this version can read.</param>
    public OnBreakerStoreUnavailableArguments(string breakerName, Exception exception, bool isUnreadable)
    {
        BreakerName = breakerName;
        Exception = exception;
        IsUnreadable = isUnreadable;
    }

    /// <summary>Which breaker.</summary>
    public string BreakerName { get; }

    /// <summary>What the store's call ended in.</summary>
    public Exception Exception { get; }

    /// <summary>The store answers, but what it has under this name is no record that this version can read.</summary>
    public bool IsUnreadable { get; }
}
