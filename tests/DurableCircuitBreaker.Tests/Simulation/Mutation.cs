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

    /// <summary>By the store: a record says that a lease ended long before its owner thinks.</summary>
    LeaseShorterThanBelieved,

    /// <summary>By the store: nobody remembers whose probe failed.</summary>
    FailedHostForgotten,

    /// <summary>By the store: a read brings what was there half a minute ago.</summary>
    OldAnswers,

    /// <summary>By the store: who reads hears nothing of an isolation.</summary>
    IsolationNotHeard,

    /// <summary>By the store: something unreadable reads as nothing.</summary>
    GarbageTakenForNothing,

    /// <summary>By the store: the history is never cut.</summary>
    HistoryGrows,

    /// <summary>By the times: a call waits ten times as long as it may.</summary>
    WaitsTooLong,

    /// <summary>By the times: a store that does not answer within a blink is given up.</summary>
    GivesUpAtOnce,

    /// <summary>By the times: a view is renewed ten times more seldom.</summary>
    RefreshedTooSeldom,

    /// <summary>By the step around the breaker: every call reads the store first.</summary>
    EveryCallReads,

    /// <summary>By the step around the breaker: a rejected caller is told to wait for an hour.</summary>
    RetryAfterAnHour,

    /// <summary>By the step around the breaker: after a failure, calls of the next epochs count as failed.</summary>
    OldFailuresCount,

    /// <summary>By the step around the breaker: a lease that was won is thrown away.</summary>
    LeaseThrownAway,

    /// <summary>By the step around the breaker: a part of it runs on another thread.</summary>
    HopsToAnotherThread,
}
