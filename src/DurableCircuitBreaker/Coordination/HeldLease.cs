using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Coordination;

/// <summary>
/// The probe lease that this instance has won and not used yet: from the record that tells of it to the call that takes it, or gives it back. Not
/// thread-safe.
/// </summary>
internal sealed class HeldLease(BreakerMember member, TimeSpan length, StoreClock clock, TimeProvider time)
{
    private (long Epoch, long Until)? held;
    private long taken = -1;
    private bool hasGivenBack;

    /// <summary>Takes in what the store has; it is the record that tells of a lease, also when the answer to the bid was lost or landed late.</summary>
    public void Observe(BreakerRecord record, long epochBefore, long now)
    {
        // Somebody deleted the record, and epochs begin anew: what was taken then says nothing of now.
        if (record.Epoch < epochBefore)
            taken = -1;
        if (record is { State: CircuitState.HalfOpen, Probe: { } probe } && probe.Owner == member.Instance && record.Epoch != taken)
            held = (record.Epoch, clock.EarliestTimestampAt(probe.Until, now));
    }

    /// <summary>Whether the next call would be the probe. A lease that was won too late for the call that bid for it waits for the next one.</summary>
    public bool IsUsable(long epoch, long now) => held is { } lease && lease.Epoch == epoch && IsEnough(lease.Until, now);

    /// <summary>Takes the lease for a call; how much of it is left, or null where there is none to use.</summary>
    /// <param name="epoch">The one that is now; of another one nobody can use the lease.</param>
    /// <param name="now">As a timestamp.</param>
    /// <param name="unused">Set when it was not enough for a probe: what is left of it is to be given back.</param>
    public TimeSpan? Take(long epoch, long now, out bool unused)
    {
        unused = false;
        if (held is not { } lease)
            return null;

        held = null;
        taken = lease.Epoch;
        if (lease.Epoch != epoch)
            return null;
        if (!IsEnough(lease.Until, now))
        {
            // One that is over is nobody's to give.
            unused = hasGivenBack = now < lease.Until;
            return null;
        }

        hasGivenBack = false;
        return time.Remaining(now, lease.Until);
    }

    /// <summary>
    /// Whether a probe may begin: one that has but the rest of a lease would be cut off, and condemn a resource that is well and slow. Where one was
    /// given back just before, the rest must do: calls so far apart would give back every lease.
    /// </summary>
    private bool IsEnough(long until, long now) => time.Remaining(now, until) is var left && left > TimeSpan.Zero && (left >= length / 2 || hasGivenBack);
}
