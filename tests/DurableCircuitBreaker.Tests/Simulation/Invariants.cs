using DurableCircuitBreaker.Coordination;
using DurableCircuitBreaker.Protocol;
using Polly;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>
/// Watches everything from outside: what is written, who hears of it, which calls get through and how they end. It knows the plan's settings
/// and the true time, and nothing of the code under test but its public snapshot.
/// </summary>
/// <remarks>Longer than other files here: it is a list, one check after the other.</remarks>
internal sealed class Invariants(Simulation simulation, Invariant? only)
{
    private readonly BreakerSettings settings = simulation.Plan.Settings;
    private readonly BreakerTimes times = simulation.Plan.Times;

    /// <summary>When each host last saw a failure, by the scheduler's time.</summary>
    private readonly Dictionary<string, TimeSpan> lastFailures = [];

    /// <summary>The true end of every lease ever granted, by epoch.</summary>
    private readonly Dictionary<long, (string Owner, DateTimeOffset Until)> leases = [];

    /// <summary>Since when the stored record has not been closed; null while it is, or while nobody can read it.</summary>
    private TimeSpan? notClosedSince;

    private (SimulatedProcess Process, string Nonce, bool Heard)? lastWrite;

    /// <summary>The host whose probe failed or ran out last, by what was written and not by what the record remembers.</summary>
    private string? failedHost;

    /// <summary>What an instance cannot know of the store's time: how long an answer was on its way, and what an HTTP Date cuts off.</summary>
    private TimeSpan Unsure => times.StoreTimeout + TimeSpan.FromSeconds(1);

    public InvariantViolation? Violation { get; private set; }

    public void Fail(Invariant invariant, string what)
    {
        if (Violation is not null || (only is { } one && one != invariant))
            return;

        Violation = new(invariant, simulation.Scheduler.Now, what);
        simulation.Trace($"VIOLATION {invariant}: {what}");
    }

    /// <summary>Somebody who is no breaker put something there.</summary>
    public void OnForeignContent(BreakerRecord? record) =>
        (failedHost, notClosedSince) = (record?.FailedProbeHost, record is null or { State: CircuitState.Closed } ? null : simulation.Scheduler.Now);

    /// <summary>An answer is about to be delivered.</summary>
    public void OnHeard(SimulatedProcess process, ReadOnlyMemory<byte>? content, bool isWritten = false)
    {
        if (content is not { } bytes)
            return;
        if (TryDecode(bytes) is not { } record)
        {
            process.Facts.StoreTroubles++;
            return;
        }

        if (isWritten && lastWrite is { } last && last.Process == process && last.Nonce == record.Nonce)
            lastWrite = last with { Heard = true };
        if (record.Epoch >= process.Facts.HeardEpoch)
            process.Facts.HeardLease = record.Probe?.Owner == process.Instance ? (record.Epoch, simulation.Scheduler.Now) : null;
        process.Facts.HeardEpoch = Math.Max(process.Facts.HeardEpoch, record.Epoch);
    }

    /// <summary>A write is about to take effect.</summary>
    public void OnWriting(SimulatedProcess process, ReadOnlyMemory<byte>? before, ReadOnlyMemory<byte> after)
    {
        simulation.Statistics.Writes++;
        if (TryDecode(after) is not { } next)
        {
            Fail(Invariant.RecordBounded, $"{process.Instance} wrote what does not decode.");
            return;
        }

        CheckBounds(next, after.Length);
        simulation.Trace($"{process.Instance} wrote {Describe(next)}");
        if (lastWrite is { Heard: false } last)
            last.Process.Facts.WrittenOver++;
        lastWrite = (process, next.Nonce, false);
        var previous = before is { } bytes ? TryDecode(bytes) : BreakerRecord.Initial;
        if (previous is null)
            CheckForeign(process, before!.Value);
        else
            CheckChange(process, previous, next);
        NoteFailedHost(previous, next);
        if (next.Probe is { } probe && (previous is null || previous.Epoch != next.Epoch))
            leases[next.Epoch] = (probe.Owner, probe.Until);
        notClosedSince = next.State == CircuitState.Closed ? null : notClosedSince ?? simulation.Scheduler.Now;
    }

    /// <summary>The resource is about to be called.</summary>
    public void OnAdmitted(SimulatedCall call)
    {
        simulation.CheckThread();
        var seen = call.Admitted!;
        var process = call.Process;
        if (process.IsDead || process.IsPaused)
            Fail(Invariant.Deterministic, $"{process.Instance} ran while it was paused or dead.");
        if (seen.State == CircuitState.Isolated)
            Fail(Invariant.IsolatedHolds, $"Call {call.Number} of {process.Instance} got through although it knew of the isolation.");
        if (seen.IsPassing)
            CheckPassing(call, seen);
        else if (seen.LocalCause is not null)
            simulation.Statistics.LocalProbes++;
        else if (seen.Probe?.Owner == process.Instance)
            CheckProbe(call, seen);
        else
            Fail(Invariant.OpenCircuitHeeded, $"Call {call.Number} of {process.Instance} got through although it knew that the circuit was {seen.State}.");
    }

    /// <summary>The resource has answered; the breaker does not know yet.</summary>
    public void OnAnswered(SimulatedCall call)
    {
        simulation.CheckThread();
        if (call.Result == CallResult.Failure)
        {
            lastFailures[call.Process.Host] = simulation.Scheduler.Now;
            var failures = call.Process.Facts.Failures;
            failures[call.Admitted!.Epoch] = failures.GetValueOrDefault(call.Admitted.Epoch) + 1;
        }
    }

    /// <summary>The caller's first step is done: whatever has not begun by now waits for something.</summary>
    public void OnFirstStepDone(SimulatedCall call, bool isOver)
    {
        var isStale = call.Before is { Store: StoreKnowledge.NotRead } || call.Before is { Store: StoreKnowledge.Known, Age: { } age } && age >= times.StaleAfter;
        var after = call.Process.Breaker.Snapshot;
        // A store that answers at once may tell it in this very step that the circuit is open.
        if (call.Before.IsPassing && after.IsPassing && !isStale && call.AdmittedAt is null && !isOver)
            Fail(Invariant.FreshViewWaitsForNothing, $"Call {call.Number} of {call.Process.Instance} waits with a view of {call.Before.Age}, {call.Before.Store}.");
        if (after is { Store: StoreKnowledge.Known, Age: { } now } && now >= times.RefreshInterval && call.Process.Facts.StoreCallsUnderWay == 0)
            Fail(Invariant.ViewRefreshed, $"{call.Process.Instance} has a view of {now} and does nothing about it.");
    }

    /// <summary>The caller has its outcome.</summary>
    public void OnOver(SimulatedCall call, Outcome<int> outcome)
    {
        simulation.CheckThread();
        switch (outcome.Exception)
        {
            case IsolatedCircuitException:
                simulation.Statistics.Rejections++;
                break;
            case BrokenCircuitException broken:
                simulation.Statistics.Rejections++;
                if (broken.RetryAfter is not { } after || after < TimeSpan.Zero || after > settings.MaxBreakDuration + settings.ProbeLease)
                    Fail(Invariant.RetryAfterBounded, $"Call {call.Number} of {call.Process.Instance} is to wait {broken.RetryAfter}.");
                break;
            case null or UnjudgeableException or OperationCanceledException or Polly.Timeout.TimeoutRejectedException:
                break;
            case var exception when exception == SimulatedResource.Down:
                break;
            case var exception:
                Fail(Invariant.StoreFailsNoCall, $"Call {call.Number} of {call.Process.Instance} ended in {exception.GetType().Name}: {exception.Message}");
                break;
        }

        CheckWait(call);
        if (outcome.Exception is BrokenCircuitException)
            CheckLeaseUsed(call);
        var facts = call.Process.Facts;
        var late = call.Process.Breaker.Snapshot.LateResults - facts.LateElsewhere;
        if (!simulation.Plan.ThroughPipeline && late > facts.ProbeResults - facts.ProbeResultsTaken + facts.WrittenOver)
        {
            Fail(
                Invariant.LateResultsCounted,
                $"{call.Process.Instance} counts {late} late probes, but the record took {facts.ProbeResultsTaken} of {facts.ProbeResults}.");
        }
    }

    private void CheckLeaseUsed(SimulatedCall call)
    {
        var process = call.Process;
        if (process.Facts.HeardLease is not { } heard || heard.At >= call.StartedAt || process.Facts.Probes.ContainsKey(heard.Epoch)
            || process.Breaker.Snapshot.Epoch != heard.Epoch || !leases.TryGetValue(heard.Epoch, out var lease))
            return;

        // What it cannot be sure of it may not use: how long an answer was on its way, and a clock cut to the second. Less than half is given back.
        var left = lease.Until - simulation.Store.Now - Unsure - settings.ProbeLease / 2;
        if (left > TimeSpan.Zero)
            Fail(Invariant.LeaseUsed, $"Call {call.Number} of {process.Instance} was rejected, although the lease of epoch {heard.Epoch} was its own for {lease.Until - simulation.Store.Now} more.");
    }

    private void CheckWait(SimulatedCall call)
    {
        // What a paused process waits for is not the store.
        if (call.Process.Pauses != call.PausesAtStart)
            return;

        var now = simulation.Scheduler.Now;
        var before = (call.AdmittedAt ?? now) - call.StartedAt;
        var after = call.AnsweredAt is { } answered ? now - answered : TimeSpan.Zero;
        if (before + after > times.ColdReadTimeout)
            Fail(Invariant.WaitBounded, $"Call {call.Number} of {call.Process.Instance} waited {before} to be let in or not, and {after} after it was done.");
        if (after > TimeSpan.Zero && !call.IsProbeOfAll)
            Fail(Invariant.WaitBounded, $"Call {call.Number} of {call.Process.Instance} waited {after} after it was done, and was no probe of all.");
    }

    private void CheckPassing(SimulatedCall call, BreakerSnapshot seen)
    {
        var process = call.Process;
        if (seen.Epoch < process.Facts.HeardEpoch)
            Fail(Invariant.OpenCircuitHeeded, $"Call {call.Number} of {process.Instance} passes in epoch {seen.Epoch}, but it has heard of {process.Facts.HeardEpoch}.");
        if (seen.Store != StoreKnowledge.Known)
        {
            simulation.Statistics.PassedInUnknown++;
            // A call that waits for nothing has reason enough.
            if (process.Facts.StoreTroubles == 0 && times.ColdReadTimeout > TimeSpan.Zero && process.Pauses == 0)
                Fail(Invariant.StoreUnknownWithReason, $"Call {call.Number} of {process.Instance} passes with the store {seen.Store}.");
            return;
        }

        // Who will not wait at all decides on what it has, however old, once after every pause of its calls.
        if (times.ColdReadTimeout == TimeSpan.Zero)
            return;

        var age = seen.Age!.Value;
        var now = simulation.Scheduler.Now;
        // One that waited for a read has what that read was asked for; and an answer may lie about for as long as a process is paused.
        var oldest = call.AdmittedAt > call.StartedAt ? times.StaleAfter + times.StoreTimeout + times.ColdReadTimeout : times.StaleAfter;
        if (age > oldest && process.ResumedAt < now - age)
            Fail(Invariant.ViewRefreshed, $"Call {call.Number} of {process.Instance} passes on a view of {age}.");
        if (notClosedSince is { } since && since < now - age)
            Fail(Invariant.OpenCircuitHeeded, $"Call {call.Number} of {process.Instance} passes on a view of {age}, but the circuit was open for {now - since}.");
    }

    private void CheckProbe(SimulatedCall call, BreakerSnapshot seen)
    {
        simulation.Statistics.SharedProbes++;
        var process = call.Process;
        if (process.Facts.GivenBack.Contains(seen.Epoch))
            Fail(Invariant.OneLease, $"{process.Instance} probes in epoch {seen.Epoch}, whose lease it gave back.");
        process.Facts.Probes[seen.Epoch] = call;
        if (!leases.TryGetValue(seen.Epoch, out var lease) || lease.Owner != process.Instance)
        {
            Fail(Invariant.OneLease, $"{process.Instance} probes in epoch {seen.Epoch} without a lease.");
            return;
        }

        if (simulation.Store.Now >= lease.Until)
        {
            Fail(Invariant.LeaseBelievedTooLong, $"{process.Instance} begins to probe {simulation.Store.Now - lease.Until} after the end of its lease.");
            return;
        }

        simulation.Scheduler.After(lease.Until - simulation.Store.Now, () =>
        {
            if (call.AnsweredAt is null && !call.Token.IsCancellationRequested && !process.IsDead && !process.IsPaused)
                Fail(Invariant.LeaseBelievedTooLong, $"{process.Instance} goes on with its probe of epoch {seen.Epoch} at the end of the lease.");
        });
    }

    private void CheckForeign(SimulatedProcess process, ReadOnlyMemory<byte> before)
    {
        if (IsNewer(before))
            Fail(Invariant.ForeignContentKept, $"{process.Instance} wrote over a record of a later version.");
        else if (!simulation.IsSteering)
            Fail(Invariant.ForeignContentKept, $"{process.Instance} wrote over something unreadable.");
    }

    private void CheckChange(SimulatedProcess process, BreakerRecord previous, BreakerRecord next)
    {
        if (next.Revision != previous.Revision + 1)
            Fail(Invariant.RecordMovesForward, $"{process.Instance} wrote revision {next.Revision} over {previous.Revision}.");
        if (next.Epoch < previous.Epoch || (next.Epoch == previous.Epoch && (next.State != previous.State || (next.Probe is not null && next.Probe != previous.Probe))))
            Fail(Invariant.RecordMovesForward, $"{process.Instance} wrote epoch {next.Epoch} over {previous.Epoch}.");
        if (previous.State != next.State && next.State == CircuitState.Open)
            simulation.Statistics.Opened++;
        if (previous.State != next.State && next.State == CircuitState.Closed)
            simulation.Statistics.Closed++;
        if (IsByHand(previous, next))
            return;

        if (previous.State == CircuitState.Isolated && next.State != CircuitState.Isolated)
            Fail(Invariant.IsolatedHolds, $"{process.Instance} ended the isolation.");
        if (next.Epoch != previous.Epoch && next.Probe is not null)
            CheckGrant(previous, next);
        else if (previous.State == CircuitState.HalfOpen && previous.Probe is { } probe)
            CheckLeaseEnd(process, previous, next, probe);
        else if (previous.State == CircuitState.Closed)
            CheckVotes(process, previous, next);
    }

    private void CheckGrant(BreakerRecord previous, BreakerRecord next)
    {
        var now = simulation.Store.Now;
        var probe = next.Probe!;
        if (previous.State == CircuitState.Open)
        {
            if (now < previous.OpenUntil)
                Fail(Invariant.OneLease, $"{probe.Owner} got a probe {previous.OpenUntil - now} before the end of the break.");
            else if (failedHost == probe.Host && now < previous.OpenUntil + settings.ProbeLease)
                Fail(Invariant.FailedHostBidsLater, $"{probe.Owner} of {probe.Host}, whose probe failed last, got the next one {now - previous.OpenUntil} after the break.");
        }
        else if (previous is { State: CircuitState.HalfOpen, Probe: { } other })
        {
            if (now < other.Until)
                Fail(Invariant.OneLease, $"{probe.Owner} got a probe {other.Until - now} before the end of {other.Owner}'s lease.");
            else if (other.Host == probe.Host && now < other.Until + settings.ProbeLease)
                Fail(Invariant.FailedHostBidsLater, $"{probe.Owner} of {probe.Host}, whose probe ran out last, got the next one {now - other.Until} after it.");
        }
        else if (previous is { State: CircuitState.HalfOpen, FreeSince: { } free } && failedHost == probe.Host && now < free + settings.ProbeLease)
        {
            Fail(Invariant.FailedHostBidsLater, $"{probe.Owner} of {probe.Host}, whose probe failed last, got the next one {now - free} after it was free.");
        }
        else if (previous.State != CircuitState.HalfOpen)
        {
            Fail(Invariant.OneLease, $"{probe.Owner} got a probe of a circuit that was {previous.State}.");
        }
    }

    private void NoteFailedHost(BreakerRecord? previous, BreakerRecord next) => failedHost = (previous, next) switch
    {
        (null, _) or (_, { State: CircuitState.Closed or CircuitState.Isolated }) => null,
        ({ Probe: { } probe }, { State: CircuitState.Open }) => probe.Host,
        ({ Probe: { } probe }, { State: CircuitState.HalfOpen, Probe: not null }) when next.Epoch > previous.Epoch => probe.Host,
        ({ Probe: { } probe }, { Probe: null }) when next.Successes > previous.Successes && probe.Host == failedHost => null,
        _ => failedHost,
    };

    private void CheckLeaseEnd(SimulatedProcess process, BreakerRecord previous, BreakerRecord next, ProbeLease probe)
    {
        if (probe.Owner != process.Instance)
        {
            Fail(Invariant.LateResultChangesNothing, $"{process.Instance} ended the lease of {probe.Owner}.");
            return;
        }

        if (next.Probe == previous.Probe)
            return;

        if (!process.Facts.Probes.ContainsKey(previous.Epoch) && next.State == CircuitState.HalfOpen && next.Successes == previous.Successes)
        {
            CheckGivenBack(process, previous.Epoch, probe);
            return;
        }

        process.Facts.ProbeResultsTaken++;
        var result = process.Facts.Probes.TryGetValue(previous.Epoch, out var call) ? call.Result : null;
        CallResult? needed = next.State == CircuitState.Open ? CallResult.Failure
            : next.State == CircuitState.Closed || next.Successes > previous.Successes ? CallResult.Success
            : CallResult.Unknown;
        // A call whose caller has left may be taken either way.
        if (result is null || (result != needed && result != CallResult.Unknown))
            Fail(Invariant.LateResultChangesNothing, $"{process.Instance} ended its lease of epoch {previous.Epoch} with {needed}, but its probe ended with {result?.ToString() ?? "nothing yet"}.");
    }

    /// <summary>A lease that nobody used may be given back when half of it is over, and is nobody's from then on.</summary>
    private void CheckGivenBack(SimulatedProcess process, long epoch, ProbeLease probe)
    {
        simulation.Statistics.GivenBack++;
        process.Facts.GivenBack.Add(epoch);
        if (simulation.Store.Now < probe.Until - settings.ProbeLease / 2 - Unsure)
            Fail(Invariant.LeaseUsed, $"{process.Instance} gave back its lease of epoch {epoch} with {probe.Until - simulation.Store.Now} left.");
    }

    private void CheckVotes(SimulatedProcess process, BreakerRecord previous, BreakerRecord next)
    {
        var cast = next.Votes.Any(vote => vote.Host == process.Host && !previous.Votes.Contains(vote));
        if (cast && !process.Facts.Failures.ContainsKey(previous.Epoch) && !process.Facts.Failures.ContainsKey(0))
            Fail(Invariant.VoteBacked, $"{process.Instance} votes in epoch {previous.Epoch} and saw no failure in it.");
        if (next.State != CircuitState.Open)
            return;

        // A write may be on its way for some time after it was decided.
        var from = simulation.Scheduler.Now - settings.VoteWindow - TimeSpan.FromSeconds(20);
        var hosts = lastFailures.Count(pair => pair.Value >= from);
        var votes = next.Votes.Select(vote => vote.Host).Distinct().Count();
        if (hosts < settings.Quorum || votes < settings.Quorum)
        {
            Fail(
                Invariant.Quorum,
                $"{process.Instance} opened the circuit with {votes} votes; {hosts} hosts saw failures within the window, and the quorum is {settings.Quorum}.");
        }
    }

    private void CheckBounds(BreakerRecord record, int bytes)
    {
        if (bytes > 64 * 1024 || record.Transitions.Count > 50 || record.Votes.Count > 32 || record.Runs.Count > 32 || record.Successes < 0
            || record.BreakCount < 0 || (record.OpenUntil is { } until && until > simulation.Store.Now + settings.MaxBreakDuration)
            || (record.State == CircuitState.Open) != record.OpenUntil.HasValue && record.State is CircuitState.Closed or CircuitState.Isolated && record.OpenUntil.HasValue)
            Fail(Invariant.RecordBounded, $"{bytes} bytes, {Describe(record)}");
    }

    private bool IsByHand(BreakerRecord previous, BreakerRecord next) =>
        next.State == CircuitState.Isolated || (next is { State: CircuitState.Closed, BreakCount: 0, ClosedAt: null } && previous.Epoch < next.Epoch);

    private static bool IsNewer(ReadOnlyMemory<byte> content)
    {
        try
        {
            RecordCodec.Decode(content);
            return false;
        }
        catch (RecordFormatException exception)
        {
            return exception.IsNewer;
        }
    }

    private static BreakerRecord? TryDecode(ReadOnlyMemory<byte> content)
    {
        try
        {
            return RecordCodec.Decode(content);
        }
        catch (RecordFormatException)
        {
            return null;
        }
    }

    private string Describe(BreakerRecord record) =>
        $"#{record.Revision} epoch {record.Epoch} {record.State}"
        + (record.OpenUntil is { } until ? $" until {simulation.Show(until)} ({record.BreakCount})" : "")
        + (record.Probe is { } probe ? $" probe {probe.Owner} until {simulation.Show(probe.Until)}" : "")
        + (record.FailedProbeHost is { } failed ? $" failed {failed}" : "")
        + (record.Successes > 0 ? $" successes {record.Successes}" : "")
        + (record.Votes.Count > 0 ? $" votes {string.Join(" ", record.Votes.Select(vote => $"{vote.Host}@{simulation.Show(vote.At)}"))}" : "")
        + (record.Runs.Count > 0 ? $" runs {string.Join(" ", record.Runs.Select(run => $"{run.Host}:{run.Count}@{simulation.Show(run.At)}"))}" : "");
}
