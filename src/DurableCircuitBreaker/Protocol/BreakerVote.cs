namespace DurableCircuitBreaker;

/// <summary>One host's word that the guarded resource is down.</summary>
public sealed record BreakerVote
{
    /// <summary>Made by the breaker, and by tests of what is built on it.</summary>
    /// <param name="host">Who says so; a host has one vote, however many processes it runs.</param>
    /// <param name="at">When it said so last, in the store's time.</param>
    /// <param name="cause">Why, at most 128 characters.</param>
    public BreakerVote(string host, DateTimeOffset at, string cause)
    {
        Host = host;
        At = at;
        Cause = cause;
    }

    /// <summary>Who says so; a host has one vote, however many processes it runs.</summary>
    public string Host { get; init; }

    /// <summary>When it said so last, in the store's time.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Why, at most 128 characters.</summary>
    public string Cause { get; init; }
}
