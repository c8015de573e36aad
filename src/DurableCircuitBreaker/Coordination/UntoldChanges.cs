using DurableCircuitBreaker.Counting;
using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Coordination;

/// <summary>
/// What this instance knows and the others do not: its vote, and the run of failures that a next life would go on from. Changed under the breaker's
/// lock only; whether a run is noted, every success asks without it.
/// </summary>
internal sealed class UntoldChanges(IFailureCounter counter, BreakerSettings settings, TimeProvider time)
{
    private volatile int notedRun;

    /// <summary>To be written.</summary>
    public PendingChanges Pending { get; private set; } = PendingChanges.None;

    /// <summary>Whether the store has a run of this host, which the next success ends.</summary>
    public bool HasNotedRun => notedRun != 0;

    /// <summary>There is nothing to tell any more: the circuit moved on, or was reset.</summary>
    public void Clear()
    {
        Pending = PendingChanges.None;
        notedRun = 0;
    }

    /// <summary>The first record of a cold instance, whose counter has gone on from it.</summary>
    public void Begin(BreakerRecord record, string host)
    {
        notedRun = record.Runs.FirstOrDefault(run => run.Host == host)?.Count ?? 0;
        // What was counted before the first answer was counted in whatever epoch it is.
        if (Pending.Vote is { } vote)
            Pending = Pending with { Vote = vote with { Epoch = record.Epoch } };
        if (Pending.Run is not null)
            Pending = Pending with { Run = (record.Epoch, counter.Run, counter.RunAt) };
    }

    /// <summary>This instance rejects from now on. The record closes or opens with its vote, and a run goes with it.</summary>
    public void Vote(BreakerRecord record, string cause)
    {
        notedRun = 0;
        if (record.State == CircuitState.Closed)
            Pending = new PendingChanges { Vote = (record.Epoch, cause, time.GetTimestamp()) };
    }

    /// <summary>The resource is well after all; a run that was noted before the break is over too.</summary>
    public void WithdrawVote(BreakerRecord record)
    {
        // Of a circuit that was last seen open there is no vote to take back; to read the store for it would end what was just found out.
        var closed = record.State == CircuitState.Closed;
        Pending = Pending with { Vote = null, WithdrawVote = closed, ClearRun = closed };
    }

    public void NoteRun(long epoch)
    {
        // With the time of its last failure and not of this note: a run that is taken over from life to life would never get old.
        var (run, at) = (counter.Run, counter.RunAt);
        if (run > 0 && run != notedRun && time.GetElapsedTime(at) < settings.SamplingDuration)
        {
            Pending = Pending with { Run = (epoch, run, at), ClearRun = false };
        }
        else if (run == 0 && notedRun != 0)
        {
            // The success that ended it came while it was being written.
            ForgetRun();
        }
    }

    public void ForgetRun()
    {
        notedRun = 0;
        Pending = Pending with { Run = null, ClearRun = true };
    }

    /// <summary>Takes in that changes were written; whether there are more, which came in meanwhile.</summary>
    public bool Told(PendingChanges changes, long epoch)
    {
        if (ReferenceEquals(Pending, changes))
            Pending = PendingChanges.None;
        if (changes.Run is { } run && epoch == run.Epoch && !Pending.ClearRun)
        {
            notedRun = run.Count;
            // The success that ended it may have come while it was being written: whoever persists now and exits must not leave it behind.
            if (counter.Run == 0)
                ForgetRun();
        }

        return Pending.Any;
    }
}
