namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>What the outside knows of one process: the ground that the invariants stand on.</summary>
internal sealed class ProcessFacts
{
    /// <summary>The highest epoch of which an answer was delivered to it.</summary>
    public long HeardEpoch { get; set; }

    /// <summary>The epoch of the lease that the last answer said was its own, and when that answer came; null when it said otherwise.</summary>
    public (long Epoch, TimeSpan At)? HeardLease { get; set; }

    /// <summary>Store calls that failed, that were slow, or that met something unreadable: only then may it think the store unknown.</summary>
    public int StoreTroubles { get; set; }

    public int StoreCallsUnderWay { get; set; }

    /// <summary>Its shared probes by epoch.</summary>
    public Dictionary<long, SimulatedCall> Probes { get; } = [];

    /// <summary>The epochs of leases that it gave back unused.</summary>
    public HashSet<long> GivenBack { get; } = [];

    /// <summary>Failed calls by the epoch in which they were let in.</summary>
    public Dictionary<long, int> Failures { get; } = [];

    /// <summary>Results of shared probes handed to the breaker; of them those that the record took; late ones that the breaker counted elsewhere.</summary>
    public int ProbeResults { get; set; }

    public int ProbeResultsTaken { get; set; }

    public long LateElsewhere { get; set; }

    /// <summary>Writes of its own whose answer was lost, and that were written over: nobody can tell any more whether they were applied.</summary>
    public int WrittenOver { get; set; }
}
