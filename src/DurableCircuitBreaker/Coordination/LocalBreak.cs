namespace DurableCircuitBreaker.Coordination;

/// <summary>This instance's own break, which no other one knows of: below the quorum, or while the store is unknown.</summary>
internal sealed record LocalBreak
{
    /// <summary>Timestamp of its end; from then on this instance probes on its own account, one call at a time.</summary>
    public required long Until { get; init; }

    public required string Cause { get; init; }

    public int Successes { get; init; }

    /// <summary>Which local probe is running; 0 when none is.</summary>
    public long ProbeId { get; init; }

    /// <summary>Timestamp from which a running probe is taken for hung, and another call may probe.</summary>
    public long ProbeUntil { get; init; }

    /// <summary>False until it is known whether the vote that comes with it opened the circuit for all: until then nobody is told.</summary>
    public bool IsAnnounced { get; init; }
}
