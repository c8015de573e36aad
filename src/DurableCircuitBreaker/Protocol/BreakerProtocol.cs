using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Protocol;

/// <summary>
/// The rules by which a record may change, as functions without side effects: each takes the record as it is and gives the record as it
/// should be, or null when there is nothing to change. Applying one twice is the same as applying it once, so that a write whose answer was
/// lost can simply be tried again.
/// </summary>
internal static class BreakerProtocol
{
    public const string ManualCause = "manual";
    public const string BreakOverCause = "break over";
    public const string ProbesSucceededCause = "probes succeeded";

    /// <summary>Adds or renews a host's vote; the one that makes the quorum opens the circuit.</summary>
    /// <param name="record">As it is.</param>
    /// <param name="member">Who votes.</param>
    /// <param name="epoch">The epoch in which the failures were seen; a vote about another one is void.</param>
    /// <param name="cause">Why.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="settings">The voter's settings.</param>
    /// <param name="at">When the failures were seen, in the store's time; null for now. A vote that could not be cast within its window is void.</param>
    public static BreakerRecord? CastVote(
        BreakerRecord record, BreakerMember member, long epoch, string cause, DateTimeOffset now, BreakerSettings settings, DateTimeOffset? at = null)
    {
        var seen = at ?? now;
        if (record.State != CircuitState.Closed || record.Epoch != epoch || now - seen >= settings.VoteWindow)
            return null;

        List<BreakerVote> votes = [.. record.Votes.Where(vote => vote.Host != member.Host && now - vote.At < settings.VoteWindow)];
        // Another process of the same host may have seen it more lately.
        var last = record.Votes.Where(vote => vote.Host == member.Host).Select(vote => vote.At).Append(seen).Max();
        votes.Add(new BreakerVote(member.Host, last, cause));
        if (votes.Count >= settings.Quorum)
            return Open(record with { Votes = votes }, member, cause, now, settings);

        return record with { Votes = [.. votes.TakeLast(BreakerLimits.MaxVotes)] };
    }

    /// <summary>Takes a host's vote back, once its own probes succeed.</summary>
    public static BreakerRecord? WithdrawVote(BreakerRecord record, BreakerMember member) =>
        record.State == CircuitState.Closed && record.Votes.Any(vote => vote.Host == member.Host)
            ? record with { Votes = [.. record.Votes.Where(vote => vote.Host != member.Host)] }
            : null;

    /// <summary>Notes a host's unbroken run of failures.</summary>
    public static BreakerRecord? NoteRun(
        BreakerRecord record, BreakerMember member, long epoch, int count, DateTimeOffset at, DateTimeOffset now, BreakerSettings settings)
    {
        if (record.State != CircuitState.Closed || record.Epoch != epoch)
            return null;

        return record with
        {
            Runs =
            [
                .. record.Runs.Where(run => run.Host != member.Host && now - run.At < settings.SamplingDuration).TakeLast(BreakerLimits.MaxRuns - 1),
                new FailureRun(member.Host, count, at),
            ],
        };
    }

    /// <summary>Forgets a host's run: it had a success.</summary>
    public static BreakerRecord? ClearRun(BreakerRecord record, BreakerMember member) =>
        record.Runs.Any(run => run.Host == member.Host)
            ? record with { Runs = [.. record.Runs.Where(run => run.Host != member.Host)] }
            : null;

    /// <summary>The longest run that still counts: where a cold instance starts from. The longest and not the sum: they may be one outage.</summary>
    public static FailureRun? LongestRun(BreakerRecord record, DateTimeOffset now, BreakerSettings settings) =>
        record.State == CircuitState.Closed
            ? record.Runs.Where(run => now - run.At < settings.SamplingDuration).MaxBy(run => run.Count)
            : null;

    /// <summary>When a member may bid for the next probe; null when there is none to bid for. Possibly in the past.</summary>
    public static DateTimeOffset? BidFrom(BreakerRecord record, BreakerMember member, BreakerSettings settings)
    {
        var (from, waits) = record switch
        {
            { State: CircuitState.Open } => (record.OpenUntil, record.FailedProbeHost == member.Host),
            { State: CircuitState.HalfOpen, Probe: { } probe } => (probe.Until, probe.Host == member.Host),
            // The probe before succeeded, or its caller left. It is free for all, but for the host whose own probe failed before.
            { State: CircuitState.HalfOpen, FreeSince: { } at } when record.FailedProbeHost == member.Host => (at, true),
            { State: CircuitState.HalfOpen } => (DateTimeOffset.MinValue, false),
            _ => ((DateTimeOffset?)null, false),
        };

        // One sick instance would win every probe, or every second one, and keep all the others cut off.
        return waits && from is { } begin
            ? (DateTimeOffset.MaxValue - begin > settings.ProbeLease ? begin + settings.ProbeLease : DateTimeOffset.MaxValue)
            : from;
    }

    /// <summary>Gives the probe to a member whose time to bid has come.</summary>
    /// <remarks>The caller knows by <see cref="BidFrom"/>, and by its own bounds on what it believes, that the time has come.</remarks>
    public static BreakerRecord? GrantProbe(BreakerRecord record, BreakerMember member, DateTimeOffset now, BreakerSettings settings)
    {
        if (record.State is not (CircuitState.Open or CircuitState.HalfOpen))
            return null;

        var granted = record with
        {
            Epoch = record.Epoch + 1,
            Probe = new ProbeLease(member.Instance, member.Host, now + settings.ProbeLease),
            FailedProbeHost = record.Probe?.Host ?? record.FailedProbeHost,
        };
        return record.State == CircuitState.HalfOpen
            ? granted
            : Change(granted, CircuitState.HalfOpen, member, BreakOverCause, now) with { Epoch = granted.Epoch, Probe = granted.Probe };
    }

    /// <summary>A probe succeeded: enough of them close the circuit. Null when the lease is no longer the member's.</summary>
    public static BreakerRecord? ProbeSucceeded(
        BreakerRecord record, BreakerMember member, long epoch, DateTimeOffset now, BreakerSettings settings)
    {
        if (!Holds(record, member, epoch))
            return null;

        var successes = record.Successes + 1;
        return successes >= settings.SuccessThreshold
            ? Close(record, member, ProbesSucceededCause, now)
            : record with
            {
                Successes = successes,
                FreeSince = now,
                Probe = null,
                // Its own success clears a host.
                FailedProbeHost = record.FailedProbeHost == member.Host ? null : record.FailedProbeHost,
            };
    }

    /// <summary>A probe failed: the circuit opens again, for longer. Null when the lease is no longer the member's.</summary>
    public static BreakerRecord? ProbeFailed(
        BreakerRecord record, BreakerMember member, long epoch, string cause, DateTimeOffset now, BreakerSettings settings) =>
        Holds(record, member, epoch)
            ? Open(record, member, cause, now, settings) with { FailedProbeHost = member.Host }
            : null;

    /// <summary>A probe was cancelled and says nothing: the next one may have it at once. Null when the lease is no longer the member's.</summary>
    public static BreakerRecord? ReturnProbe(BreakerRecord record, BreakerMember member, long epoch, DateTimeOffset now) =>
        Holds(record, member, epoch) ? record with { Probe = null, FreeSince = now } : null;

    /// <summary>Cut off by hand, until reset by hand.</summary>
    public static BreakerRecord? Isolate(BreakerRecord record, BreakerMember member, string cause, DateTimeOffset now) =>
        record.State == CircuitState.Isolated
            ? null
            : Change(record, CircuitState.Isolated, member, cause, now) with
            {
                OpenedAt = now,
                OpenUntil = null,
                Reason = cause,
                Votes = [],
                Runs = [],
                Successes = 0,
                FreeSince = null,
            };

    /// <summary>
    /// Closed by hand, and everything forgotten but the history. A clean record gets a new epoch too: what another instance has counted, or
    /// could not write yet, is void with the old one.
    /// </summary>
    /// <param name="record">As it is.</param>
    /// <param name="member">Who resets.</param>
    /// <param name="cause">Why.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="epoch">The epoch that is to end; a clean record past it has been reset.</param>
    public static BreakerRecord? Reset(BreakerRecord record, BreakerMember member, string cause, DateTimeOffset now, long epoch) =>
        record is { State: CircuitState.Closed, Votes.Count: 0, Runs.Count: 0, BreakCount: 0 } && record.Epoch > epoch
            ? null
            : Close(record, member, cause, now) with { BreakCount = 0, ClosedAt = null };

    /// <summary>
    /// A closed record in place of one that nobody can read any more. Its numbers are past all that the lost one may have had, or what others
    /// still have of it (a late result, an answer on its way) would pass for news: seconds run faster than writes, over the years.
    /// </summary>
    /// <param name="lastKnown">The last one that this instance could read.</param>
    /// <param name="now">The store's time.</param>
    public static BreakerRecord StartOver(BreakerRecord lastKnown, DateTimeOffset now) => BreakerRecord.Initial with
    {
        Epoch = Math.Max(lastKnown.Epoch + 1, now.ToUnixTimeSeconds()),
        Revision = Math.Max(lastKnown.Revision + 1, now.ToUnixTimeSeconds()),
        ClosedAt = now,
    };

    private static bool Holds(BreakerRecord record, BreakerMember member, long epoch) =>
        record.State == CircuitState.HalfOpen && record.Epoch == epoch && record.Probe?.Owner == member.Instance;

    private static BreakerRecord Open(BreakerRecord record, BreakerMember member, string cause, DateTimeOffset now, BreakerSettings settings)
    {
        // A probe that failed, or an opening soon after the closing: the resource is not well yet, so it is left alone for longer.
        var again = record.State == CircuitState.HalfOpen || (record.ClosedAt is { } closed && now - closed < settings.ResetAfter);
        var count = again ? Math.Min(record.BreakCount, 999) + 1 : 1;
        return Change(record, CircuitState.Open, member, cause, now) with
        {
            OpenedAt = now,
            OpenUntil = now + settings.BreakOf(count),
            BreakCount = count,
            Reason = cause,
            Runs = [],
            Successes = 0,
            FreeSince = null,
        };
    }

    private static BreakerRecord Close(BreakerRecord record, BreakerMember member, string cause, DateTimeOffset now) =>
        Change(record, CircuitState.Closed, member, cause, now) with
        {
            OpenedAt = null,
            OpenUntil = null,
            ClosedAt = now,
            Reason = null,
            FailedProbeHost = null,
            Votes = [],
            Runs = [],
            Successes = 0,
            FreeSince = null,
        };

    private static BreakerRecord Change(BreakerRecord record, CircuitState to, BreakerMember member, string cause, DateTimeOffset now) => record with
    {
        State = to,
        Epoch = record.Epoch + 1,
        Probe = null,
        // A reset of a closed circuit forgets votes; that is no transition.
        Transitions = record.State == to
            ? record.Transitions
            :
            [
                .. record.Transitions.TakeLast(BreakerLimits.MaxTransitions - 1),
                new BreakerTransition(now, record.State, to, member.Host, member.Instance, cause),
            ],
    };
}
