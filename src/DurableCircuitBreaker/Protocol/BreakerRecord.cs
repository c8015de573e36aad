using System.Text.Json.Serialization;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Protocol;

/// <summary>
/// What all instances know of one breaker; changed by compare-and-swap only. Times are the store's. Settings are never part of it: two
/// versions of a program may run side by side.
/// </summary>
/// <remarks>
/// What every writer writes is required of what is read: the serializer would leave out what these properties begin with, and a list that is
/// null is a fault that shows far from its cause.
/// </remarks>
internal sealed record BreakerRecord
{
    /// <summary>What a breaker is before anybody wrote of it.</summary>
    public static BreakerRecord Initial { get; } = new();

    [JsonRequired]
    public CircuitState State { get; init; } = CircuitState.Closed;

    /// <summary>Raised by every change of state and by every grant of a probe. A result of an older epoch changes nothing.</summary>
    [JsonRequired]
    public long Epoch { get; init; }

    /// <summary>Raised by every write; orders two answers that overtake each other.</summary>
    [JsonRequired]
    public long Revision { get; init; }

    /// <summary>New with every write: how a writer that lost the answer finds out whether it was its own write that was applied.</summary>
    [JsonRequired]
    public string Nonce { get; init; } = "";

    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? OpenUntil { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Opens without a quiet time between them; the break grows with it.</summary>
    public int BreakCount { get; init; }

    /// <summary>Why it is open; null while closed.</summary>
    public string? Reason { get; init; }

    public ProbeLease? Probe { get; init; }

    /// <summary>The host whose probe failed or ran out last; it bids one lease later than the others.</summary>
    public string? FailedProbeHost { get; init; }

    /// <summary>Successful probes since the last opening.</summary>
    public int Successes { get; init; }

    /// <summary>Since when the next probe can be had: the one before succeeded, or was given back. Null until then.</summary>
    public DateTimeOffset? FreeSince { get; init; }

    [JsonRequired]
    public IReadOnlyList<BreakerVote> Votes { get; init; } = [];

    [JsonRequired]
    public IReadOnlyList<FailureRun> Runs { get; init; } = [];

    /// <summary>The last <see cref="BreakerLimits.MaxTransitions"/>, oldest first.</summary>
    [JsonRequired]
    public IReadOnlyList<BreakerTransition> Transitions { get; init; } = [];
}
