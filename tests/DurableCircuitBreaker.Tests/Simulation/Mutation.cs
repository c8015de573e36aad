namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>A planted defect. None of them needs a switch in the code under test.</summary>
internal enum Mutation
{
    None,

    /// <summary>By the settings: a lease lasts a day.</summary>
    LeaseNeverEnds,

    /// <summary>By the store: the tag that a writer saw is not compared.</summary>
    BlindWrite,

    /// <summary>By the settings: one vote is enough.</summary>
    QuorumIgnored,

    /// <summary>By the step around the breaker: a result is handed over as one of the present epoch.</summary>
    LateResultActedOn,

    /// <summary>By the step around the breaker: a call fails with what the store failed with.</summary>
    StoreFailureThrown,

    /// <summary>By the store: the nonce is not kept, so nobody recognizes a write of his own.</summary>
    LostAnswerTakenForLostRace,
}
