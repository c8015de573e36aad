using Polly.CircuitBreaker;

namespace DurableCircuitBreaker;

/// <summary>One change of a breaker's shared state.</summary>
public sealed record BreakerTransition
{
    /// <summary>Made by the breaker, and by tests of what is built on it.</summary>
    /// <param name="at">When, in the store's time.</param>
    /// <param name="from">The state left.</param>
    /// <param name="to">The state entered.</param>
    /// <param name="host">The host whose instance wrote it.</param>
    /// <param name="instance">That instance.</param>
    /// <param name="cause">Why, at most 128 characters: an error's type and code, or a word such as <c>manual</c>.</param>
    public BreakerTransition(DateTimeOffset at, CircuitState from, CircuitState to, string host, string instance, string cause)
    {
        At = at;
        From = from;
        To = to;
        Host = host;
        Instance = instance;
        Cause = cause;
    }

    /// <summary>When, in the store's time.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The state left.</summary>
    public CircuitState From { get; init; }

    /// <summary>The state entered.</summary>
    public CircuitState To { get; init; }

    /// <summary>The host whose instance wrote it.</summary>
    public string Host { get; init; }

    /// <summary>That instance.</summary>
    public string Instance { get; init; }

    /// <summary>Why, at most 128 characters: an error's type and code, or a word such as <c>manual</c>.</summary>
    public string Cause { get; init; }
}
