namespace DurableCircuitBreaker.Counting;

/// <summary>Decides from this instance's own results when it has seen enough failures. Thread-safe; a success costs next to nothing.</summary>
internal interface IFailureCounter
{
    /// <summary>Failures in a row that no success has ended; 0 where runs are not what is counted.</summary>
    int Run { get; }

    /// <summary>When the last failure of the run was, as a timestamp; meaningless while <see cref="Run"/> is 0.</summary>
    long RunAt { get; }

    void OnSuccess();

    /// <returns>Whether the threshold is reached.</returns>
    bool OnFailure();

    /// <summary>
    /// Goes on from a run that another life has seen. Failures of this one so far are its continuation; after a success it has no effect.
    /// </summary>
    /// <param name="run">How long that run is.</param>
    /// <param name="at">When its last failure was, as a timestamp of this process; possibly negative.</param>
    void Seed(int run, long at);

    void Reset();
}
