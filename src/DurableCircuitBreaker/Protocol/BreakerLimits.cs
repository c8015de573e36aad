namespace DurableCircuitBreaker.Protocol;

/// <summary>What bounds the size of a record. A record at every bound has fewer than 32,768 characters, the most that an Azure table keeps in a property.</summary>
internal static class BreakerLimits
{
    public const int MaxTransitions = 50;
    public const int MaxVotes = 32;
    public const int MaxRuns = 32;

    /// <summary>Characters of a cause.</summary>
    public const int MaxCause = 128;

    /// <summary>Characters of a host, an instance, or a breaker's name.</summary>
    public const int MaxName = 64;
}
