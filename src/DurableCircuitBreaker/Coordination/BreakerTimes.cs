namespace DurableCircuitBreaker.Coordination;

/// <summary>How long this instance waits and believes; settings of its own, not of the protocol.</summary>
internal sealed record BreakerTimes(TimeSpan RefreshInterval, TimeSpan ColdReadTimeout, TimeSpan StoreTimeout, TimeSpan MaxStoreBackoff)
{
    /// <summary>Up to this age a view is good enough to decide on without a wait.</summary>
    public TimeSpan StaleAfter => RefreshInterval * 2;

    /// <summary>The pause after the n-th failed read in a row: doubling, capped, and spread, so that instances do not come back all at once.</summary>
    /// <param name="failures">From 1.</param>
    /// <param name="random">From 0 up to 1.</param>
    public TimeSpan Backoff(int failures, double random)
    {
        var full = RefreshInterval * Math.Pow(2, Math.Min(failures - 1, 20));
        if (full > MaxStoreBackoff)
            full = MaxStoreBackoff > RefreshInterval ? MaxStoreBackoff : RefreshInterval;
        return full * (0.5 + random / 2);
    }
}
