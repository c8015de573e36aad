namespace DurableCircuitBreaker;

/// <summary>What this instance knows of the shared state.</summary>
public enum StoreKnowledge
{
    /// <summary>Nothing yet: there was no call.</summary>
    NotRead,

    /// <summary>It has read it, and the store answers.</summary>
    Known,

    /// <summary>The store does not answer: the last known state holds until its own end, and the breaker goes on as a local one.</summary>
    Unavailable,

    /// <summary>The store answers, but what it has is no record that this version can read. It is left as it is.</summary>
    Unreadable,
}
