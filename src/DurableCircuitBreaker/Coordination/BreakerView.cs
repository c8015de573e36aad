using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Coordination;

/// <summary>
/// All that decides about a call, in one immutable object that is swapped as a whole. Times are timestamps of the time provider: what the
/// record says in the store's time is translated once, when it is read.
/// </summary>
internal sealed record BreakerView
{
    public required BreakerRecord Record { get; init; }

    /// <summary>The tag of the record in the store; null when there is none.</summary>
    public required string? Tag { get; init; }

    public required StoreKnowledge Store { get; init; }

    /// <summary>What the last call of the store ended in; null while it answers.</summary>
    public Exception? StoreFault { get; init; }

    /// <summary>When the record was asked for.</summary>
    public required long ReadAt { get; init; }

    /// <summary>From then on a call sees to a refresh.</summary>
    public required long AttentionAt { get; init; }

    /// <summary>When this instance first saw this record: nothing is believed to last longer from there than the longest break.</summary>
    public required long RecordSeenAt { get; init; }

    /// <summary>End of the break, or of a lease.</summary>
    public required long Until { get; init; }

    /// <summary>From then on this instance may bid for the probe.</summary>
    public required long BidFrom { get; init; }

    /// <summary>This instance's own break; it comes before the record.</summary>
    public LocalBreak? Local { get; init; }

    /// <summary>The store is unknown, the shared circuit was last seen open, and this instance's own probes have succeeded since.</summary>
    public bool ClosedAlone { get; init; }

    public bool Passes => Local is null && (Record.State == CircuitState.Closed || ClosedAlone);

    /// <summary>Before this timestamp a call passes without another look: the whole of the hot path.</summary>
    public long PassUntil { get; init; }

    /// <summary>Before this timestamp a call is rejected without another look: no refresh is due, and no probe.</summary>
    public long RejectUntil { get; init; }

    /// <summary>
    /// What a rejected caller is told to wait for: the end, for then another host may probe and close it; and after that, the turn of this one, which
    /// is later for the host whose probe failed. To be told nothing in between would be to be told to hammer.
    /// </summary>
    public long RetryAt(long now) => Local?.Until ?? (now < Until ? Until : BidFrom);

    /// <summary>What a rejected caller reads. Made with the view, so that a rejection costs no text of its own.</summary>
    public string Rejection { get; init; } = "";

    /// <summary>With what follows from the rest worked out.</summary>
    public BreakerView Sealed(string name) => this with
    {
        PassUntil = Passes ? AttentionAt : long.MinValue,
        RejectUntil = Passes ? long.MinValue : Math.Min(AttentionAt, ProbeFrom),
        Rejection = Passes ? "" : $"The circuit '{name}' is {(Record.State == CircuitState.Isolated ? "isolated by hand" : "open")} and is not allowing calls: {Local?.Cause ?? Record.Reason}",
    };

    /// <summary>From then on a call may be a probe. While half-open that is any moment: a lease may have been won and not used yet.</summary>
    private long ProbeFrom => (Record.State, Local) switch
    {
        (CircuitState.Isolated, _) => long.MaxValue,
        (_, { } local) => local.Until,
        (CircuitState.Open, _) => BidFrom,
        _ => long.MinValue,
    };
}
