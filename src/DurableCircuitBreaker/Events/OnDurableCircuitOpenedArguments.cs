namespace DurableCircuitBreaker;

/// <summary>Calls of this instance are rejected from now on.</summary>
public readonly record struct OnDurableCircuitOpenedArguments
{
    /// <summary>Made by the breaker, and by tests of what is built on it.</summary>
    /// <param name="breakerName">Which breaker.</param>
    /// <param name="cause">Why: an error's type and code, or <c>manual</c>; at most 128 characters.</param>
    /// <param name="retryAfter">How long at least; null when isolated by hand.</param>
    /// <param name="isManual">An operator did it.</param>
    /// <param name="isShared">True when it holds for all instances; false when this one is cut off alone, below the quorum or without the store.</param>
    public OnDurableCircuitOpenedArguments(string breakerName, string cause, TimeSpan? retryAfter, bool isManual, bool isShared)
    {
        BreakerName = breakerName;
        Cause = cause;
        RetryAfter = retryAfter;
        IsManual = isManual;
        IsShared = isShared;
    }

    /// <summary>Which breaker.</summary>
    public string BreakerName { get; }

    /// <summary>Why: an error's type and code, or <c>manual</c>; at most 128 characters.</summary>
    public string Cause { get; }

    /// <summary>How long at least; null when isolated by hand.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>An operator did it.</summary>
    public bool IsManual { get; }

    /// <summary>True when it holds for all instances; false when this one is cut off alone, below the quorum or without the store.</summary>
    public bool IsShared { get; }
}
