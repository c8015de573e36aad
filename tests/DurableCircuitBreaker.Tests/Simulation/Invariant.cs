namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>What must hold in every step of every simulation.</summary>
internal enum Invariant
{
    /// <summary>A probe is granted only after the break, or after the lease before, by the store's time.</summary>
    OneLease,

    /// <summary>An owner believes its lease no longer than the record says: at its end the probe's token is cancelled.</summary>
    LeaseBelievedTooLong,

    /// <summary>Whoever has heard that the lease is its own uses it: a call is not rejected while nobody probes.</summary>
    LeaseUsed,

    /// <summary>A host whose probe failed or ran out last bids one lease later than the others.</summary>
    FailedHostBidsLater,

    /// <summary>The record opens only if so many hosts saw failures within the window.</summary>
    Quorum,

    /// <summary>A vote is backed by a failure of the epoch that it is about.</summary>
    VoteBacked,

    /// <summary>A lease is ended by its owner, with the result of that very probe.</summary>
    LateResultChangesNothing,

    /// <summary>A result that the record took is not counted as a late one.</summary>
    LateResultsCounted,

    /// <summary>No call passes on a view that says closed although the record was open all the time since that view was asked for.</summary>
    OpenCircuitHeeded,

    /// <summary>Isolated lets nobody through, and only a reset ends it.</summary>
    IsolatedHolds,

    /// <summary>No call is decided on a view older than <c>StaleAfter</c> without a read, and an aging view is being refreshed.</summary>
    ViewRefreshed,

    /// <summary>Whoever takes the store for unknown has reason to.</summary>
    StoreUnknownWithReason,

    /// <summary>A call ends as the resource answered, or as a rejection, whatever the store does.</summary>
    StoreFailsNoCall,

    /// <summary>A call waits for the store no longer than it may.</summary>
    WaitBounded,

    /// <summary>A call made while the view is fresh and closed waits for nothing.</summary>
    FreshViewWaitsForNothing,

    /// <summary>Never negative, never above the cap plus a lease.</summary>
    RetryAfterBounded,

    /// <summary>Every record decodes, and has its bounds.</summary>
    RecordBounded,

    /// <summary>Revision rises by one with every write; the epoch never falls, and rises with every change of state and every grant.</summary>
    RecordMovesForward,

    /// <summary>What this version cannot read is not written over, but by hand; and what a later one wrote, not even so.</summary>
    ForeignContentKept,

    /// <summary>Once all is well and every instance has calls, the circuit closes within the bound.</summary>
    Recovery,

    /// <summary>Nothing hops to another thread, and nothing throws where nobody looks.</summary>
    Deterministic,
}
