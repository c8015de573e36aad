namespace DurableCircuitBreaker;

/// <summary>The right to make the one call that finds out whether the resource is back.</summary>
public sealed record ProbeLease
{
    /// <summary>Made by the breaker, and by tests of what is built on it.</summary>
    /// <param name="owner">The instance that holds it.</param>
    /// <param name="host">The host it runs on.</param>
    /// <param name="until">When the right ends, in the store's time; from then on another instance may take it.</param>
    public ProbeLease(string owner, string host, DateTimeOffset until)
    {
        Owner = owner;
        Host = host;
        Until = until;
    }

    /// <summary>The instance that holds it.</summary>
    public string Owner { get; init; }

    /// <summary>The host it runs on.</summary>
    public string Host { get; init; }

    /// <summary>When the right ends, in the store's time; from then on another instance may take it.</summary>
    public DateTimeOffset Until { get; init; }
}
