using DurableCircuitBreaker.Coordination;
using DurableCircuitBreaker.Protocol;

namespace DurableCircuitBreaker;

/// <summary>
/// Reads and steers one durable breaker. Give it to the options of the strategy that it is for; what is done by hand holds for all instances,
/// within their refresh interval.
/// </summary>
public sealed class DurableCircuitBreakerControl
{
    private SharedBreaker? breaker;

    /// <summary>What this instance knows, without asking the store.</summary>
    /// <exception cref="InvalidOperationException">No pipeline was built with it yet.</exception>
    public BreakerSnapshot Current => BreakerSnapshot.Of(Breaker);

    private SharedBreaker Breaker => breaker ?? throw new InvalidOperationException("No durable circuit breaker was built with this control yet.");

    /// <summary>Asks the store, then answers as <see cref="Current"/>. A store that does not answer shows in <see cref="BreakerSnapshot.Store"/>.</summary>
    /// <exception cref="InvalidOperationException">No pipeline was built with it yet.</exception>
    public async ValueTask<BreakerSnapshot> ReadAsync(CancellationToken cancellationToken = default)
    {
        await Breaker.ReadAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return Current;
    }

    /// <summary>
    /// As <see cref="ReadAsync"/>, but asks the store only if a call would have it asked: not within the refresh interval, and less and less often while it
    /// does not answer. For whoever looks at a breaker again and again, or before a call instead of making it.
    /// </summary>
    /// <exception cref="InvalidOperationException">No pipeline was built with it yet.</exception>
    public async ValueTask<BreakerSnapshot> RefreshAsync(CancellationToken cancellationToken = default)
    {
        await Breaker.ReadIfDueAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return Current;
    }

    /// <summary>Rejects every call of every instance until <see cref="ResetAsync"/>.</summary>
    /// <param name="cause">Who or why, for the history; cut to 128 characters.</param>
    /// <param name="cancellationToken">Ends the wait; whether it was done is then unknown.</param>
    /// <remarks>Something unreadable in the store is replaced; a record of a later version is not.</remarks>
    /// <exception cref="BreakerStoreException">It could not be recorded, or nobody can tell whether it was.</exception>
    /// <exception cref="InvalidOperationException">No pipeline was built with it yet.</exception>
    public Task IsolateAsync(string cause = BreakerProtocol.ManualCause, CancellationToken cancellationToken = default) =>
        SteerAsync(isolate: true, cause, cancellationToken);

    /// <summary>
    /// Closes the circuit for all instances, and forgets votes, runs of failures and how often it opened.
    /// </summary>
    /// <inheritdoc cref="IsolateAsync"/>
    public Task ResetAsync(string cause = BreakerProtocol.ManualCause, CancellationToken cancellationToken = default) =>
        SteerAsync(isolate: false, cause, cancellationToken);

    /// <summary>
    /// Writes what only this instance knows yet, an unbroken run of failures among it. For the end of a piece of work after which the process
    /// may be gone: without it, a program that makes one call in each short life would never open anything.
    /// </summary>
    /// <remarks>A store that does not answer is no error here: the breaker goes on without it.</remarks>
    /// <exception cref="InvalidOperationException">No pipeline was built with it yet.</exception>
    public Task PersistAsync(CancellationToken cancellationToken = default) => Breaker.PersistAsync(cancellationToken).AsTask();

    /// <summary>A pipeline that is built anew (a reload of its options) takes its control along.</summary>
    internal void Attach(SharedBreaker newBreaker)
    {
        // A dry run that is switched on or off is still the same breaker's, on another record.
        if (breaker is { } other && WithoutSuffix(other.Name) != WithoutSuffix(newBreaker.Name))
            throw new InvalidOperationException($"This control is breaker '{other.Name}'s; give '{newBreaker.Name}' one of its own.");
        breaker = newBreaker;
    }

    private static string WithoutSuffix(string name) =>
        name.EndsWith(DurableCircuitBreakerDefaults.DryRunSuffix, StringComparison.Ordinal) ? name[..^DurableCircuitBreakerDefaults.DryRunSuffix.Length] : name;

    private Task SteerAsync(bool isolate, string cause, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return Breaker.SteerAsync(isolate, Causes.Clean(cause, BreakerLimits.MaxCause)).AsTask().Observed().WaitAsync(cancellationToken);
    }
}
