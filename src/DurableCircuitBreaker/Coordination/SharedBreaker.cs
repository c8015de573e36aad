using DurableCircuitBreaker.Counting;
using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Coordination;

/// <summary>
/// One instance's side of a shared breaker. It decides about calls from its view, counts their results, and tells the store what the others
/// must know. The hot path is one read of the view; everything else happens under a lock that is never held over a wait or a callback.
/// </summary>
/// <remarks>
/// Longer than other files here: the decisions, and the one lock that makes them one, belong together. What can stand alone does: the rules
/// (<see cref="BreakerProtocol"/>), the store (<see cref="RecordSession"/>), counting, time, a lease that was won (<see cref="HeldLease"/>), what the
/// others must be told (<see cref="UntoldChanges"/>), and what is told here (<see cref="PassageNews"/>).
/// </remarks>
internal sealed class SharedBreaker
{
    private readonly BreakerMember member;
    private readonly BreakerSettings settings;
    private readonly BreakerTimes times;
    private readonly IFailureCounter counter;
    private readonly TimeProvider time;
    private readonly Func<double> random;
    private readonly IBreakerListener listener;
    private readonly RecordSession session;
    private readonly SharedWork refresh;
    private readonly SharedWork bid;
    private readonly SharedWork sync;
    private readonly StoreClock clock;
    private readonly HeldLease lease;
    private readonly UntoldChanges untold;
    private readonly PassageNews news;
    private readonly Lock gate = new();

    private BreakerView view;
    private volatile bool syncAgain;
    private long lastAnswerAt = long.MinValue;
    private int storeFailures;
    private int writeFailures;
    private long writeAgainAt;
    private volatile bool isBidSlow;
    private bool hasRead;
    private long firstEpoch;
    private long runSince;
    private long lastLocalProbe;
    private long lateResults;

    public SharedBreaker(
        string name, IBreakerStateStore store, BreakerMember member, BreakerSettings settings, BreakerTimes times, IFailureCounter counter,
        TimeProvider time, Func<double> random, IBreakerListener listener, bool goesOnInline)
    {
        Name = name;
        this.member = member;
        this.settings = settings;
        this.times = times;
        this.counter = counter;
        this.time = time;
        this.random = random;
        this.listener = listener;
        clock = new StoreClock(time);
        lease = new HeldLease(member, settings.ProbeLease, clock, time);
        untold = new UntoldChanges(counter, settings, time);
        news = new PassageNews(name, listener, time);
        session = new RecordSession(this, store, time, times.StoreTimeout);
        refresh = new SharedWork(RefreshAsync, goesOnInline);
        bid = new SharedWork(BidAsync, goesOnInline);
        sync = new SharedWork(SyncCoreAsync, goesOnInline, () => syncAgain);
        var now = time.GetTimestamp();
        view = new BreakerView
        {
            Record = BreakerRecord.Initial,
            Tag = null,
            Store = StoreKnowledge.NotRead,
            ReadAt = now,
            AttentionAt = now,
            RecordSeenAt = now,
            Until = long.MinValue,
            BidFrom = long.MinValue,
        }.Sealed(name);
    }

    public string Name { get; }

    public BreakerView View => Volatile.Read(ref view);

    public long LateResults => Interlocked.Read(ref lateResults);

    /// <summary>How old a view is; null when the store was never read.</summary>
    public TimeSpan? AgeOf(BreakerView of) => hasRead ? time.GetElapsedTime(of.ReadAt) : null;

    public TimeSpan? NextTryIn(BreakerView of)
    {
        var now = time.GetTimestamp();
        lock (gate)
        {
            if (of.Local is null && lease.IsUsable(of.Record.Epoch, now))
                return TimeSpan.Zero;
        }

        return of switch
        {
            { Record.State: CircuitState.Isolated } => null,
            { Passes: true } => TimeSpan.Zero,
            { Local: { } local } => time.Remaining(now, local.ProbeId == 0 ? local.Until : local.ProbeUntil),
            _ => time.Remaining(now, of.BidFrom),
        };
    }

    public DateTimeOffset StoreTimeAt(long timestamp)
    {
        lock (gate)
            return clock.At(timestamp);
    }

    /// <summary>The hot path: whether the call passes without another look. A view in its prime answers by one comparison.</summary>
    public bool TryPass(out long epoch, out long now)
    {
        var current = View;
        epoch = current.Record.Epoch;
        now = time.GetTimestamp();
        return now < current.PassUntil;
    }

    /// <summary>
    /// The same for a rejection: an open circuit must be the cheapest answer of all, to everybody at once, so it takes no lock and no await.
    /// </summary>
    public bool TryReject(long now, out Admission rejection)
    {
        var current = View;
        rejection = current.Record.State == CircuitState.Isolated
            ? Admission.Isolated(current.Rejection)
            : Admission.Reject(time.Remaining(now, current.RetryAt(now)), current.Rejection);
        return now < current.RejectUntil;
    }

    /// <summary>Decides about a call for which <see cref="TryPass"/> and <see cref="TryReject"/> were not enough.</summary>
    /// <exception cref="OperationCanceledException">The caller left while the store was waited for.</exception>
    public async ValueTask<Admission> EnterAsync(CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var current = View;
        // One budget for all that a call may wait for, its result's record among it.
        var patience = times.ColdReadTimeout;
        if (now >= current.AttentionAt)
        {
            var refreshed = refresh.RunAsync();
            var stale = current.Store == StoreKnowledge.NotRead
                || (current.Store == StoreKnowledge.Known && time.GetElapsedTime(current.ReadAt, now) >= times.StaleAfter);
            if (!stale || patience == TimeSpan.Zero)
            {
                Postpone(current, now);
            }
            else
            {
                patience = await refreshed.WaitForAsync(patience, time, cancellationToken).ConfigureAwait(false);
                if (!refreshed.IsCompleted)
                    GiveUpOn(current);
            }
        }

        var decision = Decide(out var mayBid, out var unused);
        if (unused is { } epoch)
        {
            patience = await GiveBackAsync(epoch).WaitForAsync(patience, time, cancellationToken).ConfigureAwait(false);
            decision = Decide(out mayBid, out _);
        }

        if (mayBid)
        {
            // Who came first waited for it; behind a bid that takes so long, everybody else is rejected at once.
            var bidding = bid.RunAsync();
            if (!isBidSlow)
            {
                patience = await bidding.WaitForAsync(patience, time, cancellationToken).ConfigureAwait(false);
                isBidSlow = !bidding.IsCompleted;
            }

            decision = Decide(out _, out _);
        }

        listener.Deliver();
        return decision with { Patience = patience };
    }

    /// <summary>Takes the result of a call that passed.</summary>
    public void Complete(long epoch, CallResult result, Exception? exception)
    {
        var current = View;
        // A call that passed before the store's first answer (epoch 0) belongs to the epoch that this answer told of.
        var isCurrent = epoch == current.Record.Epoch || (epoch == BreakerRecord.Initial.Epoch && current.Record.Epoch == Volatile.Read(ref firstEpoch));
        if (!isCurrent || !current.Passes)
        {
            Interlocked.Increment(ref lateResults);
            return;
        }

        if (result == CallResult.Success)
        {
            counter.OnSuccess();
            if (untold.HasNotedRun)
                ForgetRun();
        }
        else if (result == CallResult.Failure)
        {
            if (counter.Run == 0)
                Volatile.Write(ref runSince, time.GetTimestamp());
            if (counter.OnFailure())
                Trip(current.Record.Epoch, Causes.Of(exception));
        }
    }

    /// <summary>Takes the result of a probe on this instance's own account.</summary>
    public void CompleteLocalProbe(long id, CallResult result, Exception? exception)
    {
        lock (gate)
        {
            if (view.Local is not { } local || local.ProbeId != id)
            {
                Interlocked.Increment(ref lateResults);
                return;
            }

            if (result == CallResult.Unknown)
                Publish(view with { Local = local with { ProbeId = 0, ProbeUntil = 0 } });
            else if (result == CallResult.Success)
                EndLocalProbe(local, local.Successes + 1);
            else
                StartLocalBreak(Causes.Of(exception), announced: true);
        }

        listener.Deliver();
        _ = SyncAsync();
    }

    /// <summary>Takes the result of the probe that all instances wait for; returns when it is recorded, or when its call has waited for as long as it may.</summary>
    public async ValueTask CompleteSharedProbeAsync(Admission admission, CallResult result, Exception? exception) =>
        await RecordProbeAsync(admission.Epoch, result, Causes.Of(exception)).WaitForAsync(admission.Patience, time, CancellationToken.None).ConfigureAwait(false);

    /// <summary>Cuts everybody off by hand, or lets everybody in.</summary>
    /// <exception cref="BreakerStoreException">It could not be recorded, or nobody can tell whether it was.</exception>
    public async ValueTask SteerAsync(bool isolate, string cause)
    {
        long? epoch = null;
        var update = await session.UpdateAsync(
            (record, now) => isolate
                ? BreakerProtocol.Isolate(record, member, cause, now)
                : BreakerProtocol.Reset(record, member, cause, now, epoch ??= record.Epoch),
            readFirst: true).ConfigureAwait(false);
        var fault = update.Fault;
        if (fault is RecordFormatException { IsNewer: false } unreadable)
        {
            var now = StoreTimeAt(time.GetTimestamp());
            var start = BreakerProtocol.StartOver(View.Record, now);
            fault = await session.ReplaceAsync(isolate ? BreakerProtocol.Isolate(start, member, cause, now)! : start, unreadable.Tag).ConfigureAwait(false);
        }

        if (fault is not null)
        {
            listener.Deliver();
            throw new BreakerStoreException($"Breaker '{Name}' was not {(isolate ? "isolated" : "reset")}: {fault.Message}", fault);
        }

        if (!isolate)
        {
            lock (gate)
            {
                counter.Reset();
                untold.Clear();
                Publish(view with { Local = null, ClosedAlone = false });
            }
        }

        listener.Deliver();
    }

    /// <summary>Reads the store now, or joins those who do.</summary>
    public Task ReadAsync() => refresh.RunAsync();

    /// <summary>Reads the store if a call would: not while the view is fresh, nor while a store that does not answer is left alone.</summary>
    public Task ReadIfDueAsync() => time.GetTimestamp() >= View.AttentionAt ? refresh.RunAsync() : Task.CompletedTask;

    /// <summary>Writes what this instance knows and the others do not, an unbroken run of failures among it.</summary>
    public async ValueTask PersistAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            NoteRun();
        await SyncAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes in what the store has.</summary>
    public void Observe(BreakerRecord record, string? tag, DateTimeOffset storeTime, long sent)
    {
        TakeIn(record, tag, storeTime, sent);
        listener.Deliver();
    }

    /// <summary>Takes in that the store does not answer, or has something unreadable. The last known state holds until its own end.</summary>
    /// <param name="fault">What the call ended in.</param>
    /// <param name="knowledge">What is left of what was known.</param>
    /// <param name="sent">When the call was made.</param>
    public void StoreFailed(Exception fault, StoreKnowledge knowledge, long sent)
    {
        TakeInFault(fault, knowledge, sent);
        listener.Deliver();
    }

    /// <summary>
    /// Takes in that the store can be read and takes nothing that is written. An open circuit that nobody can close would be open for ever, so it
    /// counts as unknown; while it is closed there is nothing that this changes for a call.
    /// </summary>
    public void WritesFailed(Exception fault)
    {
        lock (gate)
        {
            if (writeFailures++ == 0 && view.Store == StoreKnowledge.Known)
                listener.StoreUnavailable(new(Name, fault, isUnreadable: false));
            writeAgainAt = time.GetTimestamp() + time.ToTimestamps(times.Backoff(writeFailures, random()));
            if (view is { Store: StoreKnowledge.Known or StoreKnowledge.Unavailable, Record.State: not CircuitState.Closed })
                Publish(view with { Store = StoreKnowledge.Unavailable, StoreFault = fault, AttentionAt = writeAgainAt });
        }

        listener.Deliver();
    }

    /// <summary>Takes in that a write was applied.</summary>
    public void WritesWork()
    {
        lock (gate)
            writeFailures = 0;
    }

    private void TakeIn(BreakerRecord record, string? tag, DateTimeOffset storeTime, long sent)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            clock.Observe(storeTime, sent, now);
            storeFailures = 0;
            // Two answers that overtook each other: the later write is the truth.
            var overtaken = sent < lastAnswerAt && record.Revision < view.Record.Revision;
            if (overtaken)
            {
                // It ends the refresh that calls were counting on, and renews nothing: the next call sees to another.
                Publish(view with { AttentionAt = now });
                return;
            }

            lastAnswerAt = now;
            if (writeFailures > 0 && view.Store == StoreKnowledge.Unavailable && hasRead && record.Revision == view.Record.Revision && record.State != CircuitState.Closed)
            {
                // No news, and still nobody here who can change it: what this instance found out by itself stands, until a write is taken.
                Publish(view with { ReadAt = sent, AttentionAt = Math.Max(now, writeAgainAt) });
                return;
            }

            var newEpoch = !hasRead || record.Epoch != view.Record.Epoch;
            if (newEpoch)
                BeginEpoch(record, now);
            lease.Observe(record, view.Record.Epoch, now);

            var seenAt = newEpoch || record.Revision != view.Record.Revision ? now : view.RecordSeenAt;
            // A lease is counted from the latest that the store's time may be: up to a second more than what it tells, and as much as an answer
            // was on its way.
            var slack = record.State == CircuitState.HalfOpen ? StoreClock.CoarsestResolution : TimeSpan.Zero;
            var bidSlack = settings.ProbeLease + (record.State == CircuitState.HalfOpen ? slack + times.StoreTimeout : TimeSpan.Zero);
            Publish(view with
            {
                Record = record,
                Tag = tag,
                Store = StoreKnowledge.Known,
                StoreFault = null,
                ReadAt = sent,
                AttentionAt = sent + time.ToTimestamps(times.RefreshInterval),
                RecordSeenAt = seenAt,
                Until = Believe(record.State == CircuitState.HalfOpen ? record.Probe?.Until : record.OpenUntil, seenAt, now, slack),
                BidFrom = Believe(BreakerProtocol.BidFrom(record, member, settings), seenAt, now, bidSlack),
                // A break of our own stands until its vote is counted or its probes succeed; any other state is for all to share.
                Local = record.State == CircuitState.Closed && !(hasRead && newEpoch) ? view.Local : null,
                ClosedAlone = false,
            });
            hasRead = true;
        }
    }

    /// <summary>Takes in that the store has something unreadable. What time it is there can be read all the same.</summary>
    public void ObserveUnreadable(RecordFormatException fault, DateTimeOffset storeTime, long sent)
    {
        lock (gate)
            clock.Observe(storeTime, sent, time.GetTimestamp());
        StoreFailed(fault, StoreKnowledge.Unreadable, sent);
    }

    private void TakeInFault(Exception fault, StoreKnowledge knowledge, long sent)
    {
        lock (gate)
        {
            if (view.Store == StoreKnowledge.Known && sent < view.ReadAt)
            {
                // A later call was answered. As with an answer that was overtaken, the refresh that calls were counting on may be this one.
                Publish(view with { AttentionAt = time.GetTimestamp() });
                return;
            }

            storeFailures++;
            if (view.Store != knowledge)
                listener.StoreUnavailable(new(Name, fault, knowledge == StoreKnowledge.Unreadable));
            Publish(view with
            {
                Store = knowledge,
                StoreFault = fault,
                AttentionAt = time.GetTimestamp() + time.ToTimestamps(times.Backoff(storeFailures, random())),
            });
        }
    }

    private void BeginEpoch(BreakerRecord record, long now)
    {
        if (hasRead)
        {
            counter.Reset();
            untold.Clear();
            return;
        }

        // A cold instance: it goes on where the last life, or another host, left off.
        Volatile.Write(ref firstEpoch, record.Epoch);
        if (BreakerProtocol.LongestRun(record, clock.At(now), settings) is { } run)
        {
            counter.Seed(run.Count, clock.TimestampAt(run.At, now));
            runSince = now;
        }

        untold.Begin(record, member.Host);
    }

    /// <summary>A time of the record as a timestamp, but not later than the longest break (and more) after that record was first seen.</summary>
    private long Believe(DateTimeOffset? storeTime, long seenAt, long now, TimeSpan more)
    {
        if (storeTime is not { } at || at == DateTimeOffset.MinValue)
            return long.MinValue;

        var longest = seenAt + time.ToTimestamps(settings.MaxBreakDuration + more);
        return Math.Min(clock.TimestampAt(at, now), longest);
    }

    private Admission Decide(out bool mayBid, out long? unused)
    {
        mayBid = false;
        unused = null;
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (view.Record.State == CircuitState.Isolated)
                return Admission.Isolated(view.Rejection);
            if (view.Local is null && !view.Passes && view.Store != StoreKnowledge.Known && now >= view.BidFrom)
                GoOnAlone(now);
            if (view.Local is { } local)
                return DecideLocally(local, now);
            if (view.Passes)
                return Admission.Pass(view.Record.Epoch);
            if (TakeLease(now, out unused) is { } probe)
                return probe;

            mayBid = view.Store == StoreKnowledge.Known && now >= view.BidFrom;
            return Admission.Reject(time.Remaining(now, view.RetryAt(now)), view.Rejection);
        }
    }

    private Admission DecideLocally(LocalBreak local, long now)
    {
        if (now < local.Until)
            return Admission.Reject(time.Remaining(now, local.Until), view.Rejection);
        if (local.ProbeId != 0 && now < local.ProbeUntil)
            return Admission.Reject(time.Remaining(now, local.ProbeUntil), view.Rejection);

        var id = ++lastLocalProbe;
        Publish(view with { Local = local with { ProbeId = id, ProbeUntil = now + time.ToTimestamps(settings.ProbeLease) } });
        listener.HalfOpened(new(Name, isShared: false));
        return Admission.LocalProbe(id, Lifetime(settings.ProbeLease));
    }

    /// <summary>The end of the last known state has come, and nobody can say what follows: each instance finds out for itself, not all at once.</summary>
    private void GoOnAlone(long now) => Publish(view with
    {
        Local = new LocalBreak
        {
            Until = now + (long)(random() * time.ToTimestamps(times.RefreshInterval)),
            Cause = view.Record.Reason ?? "",
            IsAnnounced = true,
        },
    });

    private Admission? TakeLease(long now, out long? unused)
    {
        var epoch = view.Record.Epoch;
        var left = lease.Take(epoch, now, out var isUnused);
        unused = isUnused ? epoch : null;
        if (left is not { } lifetime)
            return null;

        listener.HalfOpened(new(Name, isShared: true));
        return Admission.SharedProbe(epoch, Lifetime(lifetime));
    }

    /// <summary>The next one, whoever's it is, need not wait for the end of a lease that nobody used.</summary>
    private async Task GiveBackAsync(long epoch) =>
        await session.UpdateAsync((record, now) => BreakerProtocol.ReturnProbe(record, member, epoch, now), readFirst: false).ConfigureAwait(false);

    /// <summary>A probe's token is cancelled before its lease ends, because clocks differ and a cancelled call needs a moment to end.</summary>
    private static TimeSpan Lifetime(TimeSpan lease) => lease * 0.9;

    private void Trip(long epoch, string cause)
    {
        lock (gate)
        {
            if (!view.Passes || view.Record.Epoch != epoch)
                return;

            StartLocalBreak(cause, announced: false);
        }

        _ = AnnounceAfterVoteAsync();
    }

    /// <summary>Rejects from now on, whatever the store does, and has the vote cast.</summary>
    private void StartLocalBreak(string cause, bool announced)
    {
        counter.Reset();
        untold.Vote(view.Record, cause);
        Publish(view with
        {
            Local = new LocalBreak { Until = time.GetTimestamp() + time.ToTimestamps(settings.BreakDuration), Cause = cause, IsAnnounced = announced },
            ClosedAlone = false,
        });
    }

    private async Task AnnounceAfterVoteAsync()
    {
        await SyncAsync().ConfigureAwait(false);
        lock (gate)
        {
            if (view.Local is { IsAnnounced: false } local)
                Publish(view with { Local = local with { IsAnnounced = true } });
        }

        listener.Deliver();
    }

    private void EndLocalProbe(LocalBreak local, int successes)
    {
        if (successes < settings.SuccessThreshold)
        {
            Publish(view with { Local = local with { Successes = successes, ProbeId = 0, ProbeUntil = 0 } });
            return;
        }

        counter.Reset();
        untold.WithdrawVote(view.Record);
        Publish(view with { Local = null, ClosedAlone = view.Record.State != CircuitState.Closed });
    }

    private void ForgetRun()
    {
        lock (gate)
        {
            if (!untold.HasNotedRun)
                return;

            untold.ForgetRun();
        }

        _ = SyncAsync();
    }

    private void NoteRun()
    {
        if (view.Passes)
            untold.NoteRun(view.Record.Epoch);
    }

    /// <summary>What calls may wait for is what is read; what there is to write comes behind it, and nobody waits.</summary>
    private async Task RefreshAsync()
    {
        if (await session.ReadAsync().ConfigureAwait(false) is not null)
            return;

        lock (gate)
        {
            if (time.GetElapsedTime(runSince) >= times.RefreshInterval)
                NoteRun();
            if (writeFailures > 0 && time.GetTimestamp() < writeAgainAt)
                return;
        }

        _ = SyncAsync();
        // It was read, and is still unknown because it could not be written: that a bid is taken is what ends this.
        if (View.Store == StoreKnowledge.Unavailable)
            _ = bid.RunAsync();
    }

    private async Task BidAsync()
    {
        // Once it is in the store, it is the observed record that tells: also when the answer was lost, or the write landed late.
        await session.UpdateAsync(
            // Counted from the latest that it may be, or the lease would end sooner for the others than for its owner.
            (record, _) => time.GetTimestamp() >= View.BidFrom ? BreakerProtocol.GrantProbe(record, member, LatestStoreTime(), settings) : null,
            readFirst: false).ConfigureAwait(false);
        isBidSlow = false;
    }

    private DateTimeOffset LatestStoreTime()
    {
        lock (gate)
            return clock.LatestAt(time.GetTimestamp());
    }

    private async Task RecordProbeAsync(long epoch, CallResult result, string cause)
    {
        var update = await session.UpdateAsync(
            (record, now) => result switch
            {
                CallResult.Success => BreakerProtocol.ProbeSucceeded(record, member, epoch, now, settings),
                CallResult.Failure => BreakerProtocol.ProbeFailed(record, member, epoch, cause, now, settings),
                _ => BreakerProtocol.ReturnProbe(record, member, epoch, now),
            },
            readFirst: false).ConfigureAwait(false);

        lock (gate)
        {
            if (update is { IsApplied: false, Fault: null })
                Interlocked.Increment(ref lateResults);
            // Where the store answers (others were faster too often), the shared state rules, and the lease just runs out.
            if (update.Fault is null || result == CallResult.Unknown || view.Record.Epoch != epoch || view.Store == StoreKnowledge.Known)
                return;

            // The others will not hear of it before the lease ends; this instance at least heeds what it saw.
            if (result == CallResult.Failure)
                StartLocalBreak(cause, announced: true);
            else
                EndLocalProbe(new LocalBreak { Until = time.GetTimestamp(), Cause = view.Record.Reason ?? "", IsAnnounced = true }, 1);
        }

        listener.Deliver();
    }

    private Task SyncAsync()
    {
        lock (gate)
        {
            if (!untold.Pending.Any)
                return Task.CompletedTask;
        }

        syncAgain = true;
        return sync.RunAsync();
    }

    private async Task SyncCoreAsync()
    {
        PendingChanges changes;
        lock (gate)
        {
            syncAgain = false;
            changes = untold.Pending;
        }

        var update = await session.UpdateAsync(
            (record, now) => changes.Apply(record, member, now, StoreTimeAt, settings), readFirst: false).ConfigureAwait(false);
        lock (gate)
        {
            // What failed stays, for the next time the store answers; what came in meanwhile goes on at once.
            if (update.Fault is null && untold.Told(changes, view.Record.Epoch))
                syncAgain = true;
        }
    }

    /// <summary>The refresh is under way: until it is back, or the view is stale and calls wait for it, they need not look after it.</summary>
    private void Postpone(BreakerView seen, long now)
    {
        lock (gate)
        {
            if (view.ReadAt == seen.ReadAt && view.AttentionAt == seen.AttentionAt)
            {
                var staleAt = seen.ReadAt + time.ToTimestamps(times.StaleAfter);
                var until = seen.Store == StoreKnowledge.Known && staleAt > now ? staleAt : now + time.ToTimestamps(times.StoreTimeout);
                Publish(view with { AttentionAt = until });
            }
        }
    }

    /// <summary>A cold call waited in vain: the next ones shall not, until the store has answered.</summary>
    private void GiveUpOn(BreakerView waitedWith)
    {
        lock (gate)
        {
            if (view.ReadAt == waitedWith.ReadAt && view.Store == waitedWith.Store)
                TakeInFault(new TimeoutException($"The store did not answer within {times.ColdReadTimeout}."), StoreKnowledge.Unavailable, time.GetTimestamp());
        }
    }

    private void Publish(BreakerView next)
    {
        Volatile.Write(ref view, next.Sealed(Name));
        news.Tell(next);
    }
}
