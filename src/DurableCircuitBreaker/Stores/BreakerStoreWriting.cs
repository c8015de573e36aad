namespace DurableCircuitBreaker;

/// <summary>What a store answered to a write.</summary>
/// <param name="Tag">The new value's tag; null when the expected tag was not the stored one and nothing was written.</param>
/// <param name="Time">The store's time.</param>
public readonly record struct BreakerStoreWriting(string? Tag, DateTimeOffset Time)
{
    /// <summary>Whether the value is the stored one now.</summary>
    public bool IsWritten => Tag is not null;
}
