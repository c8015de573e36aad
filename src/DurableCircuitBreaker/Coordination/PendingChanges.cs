using DurableCircuitBreaker.Protocol;

namespace DurableCircuitBreaker.Coordination;

/// <summary>What this instance has to tell the others and has not told yet. Immutable; applied in one write.</summary>
internal sealed record PendingChanges
{
    public static PendingChanges None { get; } = new();

    public (long Epoch, string Cause, long At)? Vote { get; init; }

    public bool WithdrawVote { get; init; }

    public (long Epoch, int Count, long At)? Run { get; init; }

    public bool ClearRun { get; init; }

    public bool Any => this != None;

    /// <summary>Null when nothing of it changes the record.</summary>
    /// <param name="record">As it is.</param>
    /// <param name="member">Who tells.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="storeTimeOf">The store's time at a timestamp: a change may have waited long for the store to answer.</param>
    /// <param name="settings">This instance's.</param>
    public BreakerRecord? Apply(
        BreakerRecord record, BreakerMember member, DateTimeOffset now, Func<long, DateTimeOffset> storeTimeOf, BreakerSettings settings)
    {
        var result = record;
        if (ClearRun)
            result = BreakerProtocol.ClearRun(result, member) ?? result;
        if (Run is { } run)
            result = BreakerProtocol.NoteRun(result, member, run.Epoch, run.Count, storeTimeOf(run.At), now, settings) ?? result;
        if (WithdrawVote)
            result = BreakerProtocol.WithdrawVote(result, member) ?? result;
        if (Vote is { } vote)
            result = BreakerProtocol.CastVote(result, member, vote.Epoch, vote.Cause, now, settings, storeTimeOf(vote.At)) ?? result;
        return ReferenceEquals(result, record) ? null : result;
    }
}
