namespace DurableCircuitBreaker.Protocol;

/// <summary>What bounds the size of a record. A record at every bound stays below 64 KiB in UTF-8 and 32K characters, the most that an Azure table keeps in a property.</summary>
internal static class BreakerLimits
{
    public const int MaxTransitions = 50;

    /// <summary>As many as the largest quorum: one more opens the circuit.</summary>
    public const int MaxVotes = DurableCircuitBreakerDefaults.MaxQuorum;
    public const int MaxRuns = 16;

    /// <summary>Characters of a cause.</summary>
    public const int MaxCause = 128;

    /// <summary>Characters of a host, an instance, or a breaker's name.</summary>
    public const int MaxName = 64;
}
