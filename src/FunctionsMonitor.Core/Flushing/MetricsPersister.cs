using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace FunctionsMonitor.Flushing;

/// <summary>
/// Drains the buffer into the metrics store, oldest first. One transaction holds events, rollups, dead letters and the segments' rows; only
/// then are segments deleted. A crash in between leaves segments whose rows exist: the next flush deletes them and stores nothing twice.
/// </summary>
public sealed class MetricsPersister
{
    public const string PipelineName = "metrics-store";
    private const int ListingPage = 1000;
    private const int DeletedAtOnce = 16;

    /// <summary>Segments passed over one by one, for an error that says nothing, before a flush that wrote nothing gives up.</summary>
    private const int MaxFruitless = 20;

    /// <summary>
    /// What a flush has beyond its budget for what must not wait for a backlog to end. A manual flush answers within 200 seconds, and its
    /// budget is 180.
    /// </summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(12);

    private readonly IMetricsStore store;
    private readonly ISegmentStore segments;
    private readonly SegmentSource source;
    private readonly SegmentReadAhead ahead;
    private readonly FlushWriter writer;
    private readonly StoreMaintenance maintenance;
    private readonly BufferDepthMonitor depth;
    private readonly FlushGate gate = new();
    private readonly StubbornError stubborn = new();
    private readonly FlushReports reports;
    private readonly IFlushSchedule schedule;
    private readonly FlagManager flags;
    private readonly MonitorPipeline pipeline;
    private readonly MonitorInstance instance;
    private readonly FlushOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<MetricsPersister> logger;

    /// <summary>
    /// How large a transaction may be after one has timed out. A batch is halved at once, but a flush may have no time left to get down to a
    /// size that the store can take: the next one must not begin at the top again. Every flush doubles it.
    /// </summary>
    private int slowStoreEvents = int.MaxValue;

    internal MetricsPersister(
        IMetricsStore store, ISegmentStore segments, SegmentSource source, BufferDepthMonitor depth, FlushReports reports, IFlushSchedule schedule,
        FlagManager flags, StorePipelines pipelines, MonitorInstance instance, IOptions<FlushOptions> options, IOptions<RetentionOptions> retention,
        TimeProvider time, ILogger<MetricsPersister> logger)
    {
        this.store = store;
        this.segments = segments;
        this.source = source;
        this.depth = depth;
        this.reports = reports;
        this.schedule = schedule;
        this.flags = flags;
        pipeline = pipelines.Write;
        this.instance = instance;
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        writer = new FlushWriter(store, pipeline, retention.Value, time, logger);
        maintenance = new StoreMaintenance(store, segments, retention.Value, time, logger);
        ahead = new SegmentReadAhead(source, this.options.TransactionBytes);
    }

    /// <summary>Flushes now.</summary>
    /// <param name="trigger"><c>timer</c>, <c>manual</c>.</param>
    /// <param name="cancellationToken">Ends the flush between transactions; what was committed stays committed.</param>
    /// <returns>The report; also of a flush that failed (<see cref="FlushOutcome.Failed"/>, with the cause in its notes).</returns>
    /// <exception cref="FlushInProgressException">Another flush runs.</exception>
    public async ValueTask<FlushReport> FlushAsync(string trigger, CancellationToken cancellationToken)
    {
        var run = new FlushRun(Guid.CreateVersion7(time.GetUtcNow()), trigger, instance.Name, time);
        using var held = gate.Enter(run.Id, run.StartedAt);

        await flags.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (!flags.Current.PersistenceEnabled)
        {
            run.Note($"{FlagSchema.MetricsPersistence.Name} is off: segments stay in the buffer.");
            return run.End(FlushOutcome.Disabled);
        }

        var report = await RunAsync(run, cancellationToken).ConfigureAwait(false);
        await reports.KeepAsync(report, cancellationToken).ConfigureAwait(false);
        return report;
    }

    private async ValueTask<FlushReport> RunAsync(FlushRun run, CancellationToken cancellationToken)
    {
        using var trace = run.StartTrace();
        using var budget = new CancellationTokenSource(options.TimeBudget, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token);
        var outcome = FlushOutcome.Failed;
        try
        {
            await PrepareAsync(linked.Token).ConfigureAwait(false);
            outcome = await DrainAsync(run, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            outcome = cancellationToken.IsCancellationRequested ? FlushOutcome.Cancelled : FlushOutcome.Partial;
            run.Note(cancellationToken.IsCancellationRequested ? "Asked to stop." : $"The time budget of {options.TimeBudget} was used up.");
        }
        catch (FlushInProgressException) when (!run.Wrote && !run.GaveUpAnAttempt)
        {
            throw;
        }
        catch (FlushInProgressException exception)
        {
            // Another instance came in between, or the server still works on an attempt of ours that was given up. What was written has its report.
            outcome = run.Wrote ? FlushOutcome.Partial : FlushOutcome.Failed;
            Log.StoreHeld(logger);
            run.Fail(exception);
        }
        catch (Exception exception)
        {
            // The caller decides what a failed flush means to its host; the report says what happened either way.
            Log.FlushFailed(logger, exception);
            run.Fail(exception);
            if (run.WriteFailed)
                stubborn.Note(exception);
        }

        var left = outcome is FlushOutcome.Completed or FlushOutcome.Empty ? TimeLeft(run) : TimeSpan.Zero;
        using var closing = new CancellationTokenSource(left + ClosingTime, time);
        // Whatever came of the drain: hours of backlog, or one batch that fails again and again, must not keep what is old for ever.
        if (pipeline.Breaker.IsPassing)
            await maintenance.ApplyIfDueAsync(run.StartedAt, closing.Token, cancellationToken).ConfigureAwait(false);
        var report = run.End(outcome);
        if (outcome is FlushOutcome.Completed or FlushOutcome.Empty or FlushOutcome.Partial)
            await NoteScheduleAsync(run.StartedAt, closing.Token).ConfigureAwait(false);
        if (report.Segments > 0)
            Log.Flushed(logger, report.Events, report.Segments, report.Stored, report.Duplicates, report.Dead, report.Expired);
        await MeasureDepthAsync(closing.Token).ConfigureAwait(false);
        await pipeline.PersistBreakerAsync(CancellationToken.None).ConfigureAwait(false);
        return report;
    }

    private async ValueTask<FlushOutcome> DrainAsync(FlushRun run, CancellationToken cancellationToken)
    {
        source.ForgetNewerFormat();
        slowStoreEvents = (int)Math.Min(int.MaxValue, 2L * slowStoreEvents);
        // Until a listing shows nothing: what was written meanwhile is flushed too.
        while (await DrainListingAsync(run, cancellationToken).ConfigureAwait(false))
        {
        }

        await WriteDeferredAsync(run, cancellationToken).ConfigureAwait(false);
        // Nothing of it could be written in pieces either: it was the store after all.
        if (!run.Wrote)
            run.PassedOverFor?.Throw();
        if (run.PassedOverSegments == 0)
            stubborn.Forget();
        return run.PassedOverSegments > 0 ? FlushOutcome.Partial : run.DidNothing ? FlushOutcome.Empty : FlushOutcome.Completed;
    }

    /// <returns>Whether there was anything.</returns>
    private async ValueTask<bool> DrainListingAsync(FlushRun run, CancellationToken cancellationToken)
    {
        var any = false;
        await foreach (var page in source.ListAsync(run.PassOver, ListingPage, cancellationToken).ConfigureAwait(false))
        {
            any = true;
            await DrainPageAsync(run, page, cancellationToken).ConfigureAwait(false);
        }

        return any;
    }

    private async ValueTask DrainPageAsync(FlushRun run, List<SegmentEntry> page, CancellationToken cancellationToken)
    {
        var entries = await DeleteKnownAsync(run, page, cancellationToken).ConfigureAwait(false);
        var batch = new List<DecodedSegment>();
        long bytes = 0, events = 0;
        await foreach (var (entry, reading) in ahead.ReadAsync(entries, cancellationToken).ConfigureAwait(false))
        {
            if (batch.Count > 0 && (events + (entry.Name?.Count ?? 0) > Math.Min(options.TransactionEvents, slowStoreEvents) || bytes + entry.Bytes > options.TransactionBytes))
            {
                await WriteAsync(run, batch, cancellationToken).ConfigureAwait(false);
                batch.Clear();
                bytes = events = 0;
            }

            if (await TakeAsync(run, entry, reading, cancellationToken).ConfigureAwait(false) is { } segment)
            {
                batch.Add(segment);
                bytes += entry.Bytes;
                events += segment.Header.Count;
            }
        }

        if (batch.Count > 0)
            await WriteAsync(run, batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Segments whose row exists were committed by a flush that was cut off before it deleted them.</summary>
    private async ValueTask<List<SegmentEntry>> DeleteKnownAsync(FlushRun run, List<SegmentEntry> entries, CancellationToken cancellationToken)
    {
        var ids = entries.Where(entry => entry.Name is not null).Select(entry => entry.Name!.Value.Id).ToList();
        var known = await pipeline.ExecuteAsync(
            static (state, token) => state.store.FindFlushedAsync(state.ids, token), (store, ids), cancellationToken).ConfigureAwait(false);
        if (known.Count == 0)
            return entries;

        var done = entries.Where(entry => entry.Name is { } name && known.Contains(name.Id)).Select(entry => entry.Name!.Value).ToList();
        if (await DeleteAsync(run, done, cancellationToken).ConfigureAwait(false) is > 0 and var deleted)
            run.Note($"{deleted} segments were committed by an earlier flush that was cut off; they were deleted.");
        return [.. entries.Where(entry => entry.Name is not { } name || !known.Contains(name.Id))];
    }

    private async ValueTask<DecodedSegment?> TakeAsync(
        FlushRun run, SegmentEntry entry, Task<SegmentReading> read, CancellationToken cancellationToken)
    {
        SegmentReading reading;
        try
        {
            reading = await read.ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // One file on a bad sector, or that cannot be moved, must not keep the flush from all the others; the next time it may be different.
            if (entry.Name is { } name)
                PassOver(run, name, exception);
            else
            {
                Log.FilePassedOver(logger, entry.FileName, exception.Message);
                run.PassOverFile(entry.FileName, exception.Message);
            }

            return null;
        }

        // Gone or moved, it is not listed again. If a store says so and lists it all the same, this flush would never come to its end.
        if (reading.Segment is null)
            run.PassOver.Add(entry.FileName);
        if (reading.Kind == SegmentReadingKind.Quarantined)
            run.Quarantined++;
        else if (reading.Kind == SegmentReadingKind.NewerFormat)
            run.Skip(entry.FileName, entry.Name!.Value.Count, $"{entry.FileName} was written by a newer version; it stays.");
        return reading.Segment;
    }

    /// <summary>
    /// One transaction. A batch that takes too long, that has more dead letters than there is room for, that is refused as a whole, or that flush after
    /// flush ends at, is halved down to single segments; one that fails alone is passed over for this flush, so that it cannot hold up the others. One that is
    /// too slow even alone is tried again at the end.
    /// </summary>
    private async ValueTask WriteAsync(FlushRun run, IReadOnlyList<DecodedSegment> decoded, CancellationToken cancellationToken)
    {
        try
        {
            var outcomes = await writer.WriteAsync(run, decoded, unhurried: false, cancellationToken).ConfigureAwait(false);
            run.Add(decoded, outcomes);
        }
        catch (Exception exception) when (IsOfTheBatch(exception) || IsStubborn(run, exception))
        {
            var timedOut = exception is TimeoutRejectedException;
            // What says nothing of whose fault it is, and is believed to be the batch's for that it comes again and again.
            var doubtful = !IsOfTheBatch(exception);
            if (timedOut)
            {
                run.GaveUpAnAttempt = true;
                StartSmaller(decoded, 2);
            }

            // The store may be gone, or only this much too much for it. An answer to something small tells: without one the breaker goes on
            // counting, with one its run of failures ends, and halving is worth the while.
            if (timedOut || doubtful)
                await PrepareAsync(cancellationToken).ConfigureAwait(false);

            // A path that the part at fault closed may be open to the others.
            if (doubtful)
                run.ClosedPaths.Clear();

            if (decoded.Count == 1)
            {
                var name = decoded[0].Header.Name;
                if (timedOut)
                    run.Defer(name);
                else
                    PassOver(run, name, exception);
                if (doubtful)
                    run.PassedOverFor = ExceptionDispatchInfo.Capture(exception);
                return;
            }

            var half = decoded.Count / 2;
            await WriteAsync(run, [.. decoded.Take(half)], cancellationToken).ConfigureAwait(false);
            await WriteAsync(run, [.. decoded.Skip(half)], cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or BrokenCircuitException or FlushInProgressException))
        {
            run.WriteFailed = true;
            throw;
        }
        catch (FlushInProgressException) when (run.GaveUpAnAttempt)
        {
            // A retry that meets the transaction of the attempt before it says this and not that the time was up.
            StartSmaller(decoded, 4);
            throw;
        }

        await DeleteAsync(run, [.. decoded.Select(segment => segment.Header.Name)], cancellationToken).ConfigureAwait(false);
    }

    private bool IsOfTheBatch(Exception exception) =>
        exception is TimeoutRejectedException or DeadLetterCapException || writer.IsError(exception, ErrorKind.Data);

    /// <summary>Not once nothing came through in pieces either: a store that is down would be asked for every single segment.</summary>
    private bool IsStubborn(FlushRun run, Exception exception) =>
        exception is not (OperationCanceledException or BrokenCircuitException or FlushInProgressException)
        && stubborn.Is(exception) && (run.Wrote || run.PassedOverSegments < MaxFruitless);

    /// <summary>Every flush doubles it: a half is for what is left of this flush, a quarter for one that ends here.</summary>
    private void StartSmaller(IReadOnlyList<DecodedSegment> decoded, int part) =>
        slowStoreEvents = Math.Max(1, decoded.Sum(segment => segment.Header.Count) / part);

    private ValueTask PrepareAsync(CancellationToken cancellationToken) =>
        pipeline.ExecuteAsync(static (store, token) => store.PrepareAsync(token), store, cancellationToken);

    /// <summary>
    /// Segments that took longer alone than an operation may: now that nothing else waits, they get the rest of the flush's time instead of
    /// <c>MONITORING_TIMEOUT_MS</c>.
    /// </summary>
    private async ValueTask WriteDeferredAsync(FlushRun run, CancellationToken cancellationToken)
    {
        while (run.TryTakeDeferred(out var name))
        {
            try
            {
                if (!pipeline.Breaker.IsPassing)
                    throw new BrokenCircuitException($"{PipelineName} is left alone for now.");
                var entry = new SegmentEntry(name, 0);
                var read = source.ReadAsync(entry, cancellationToken).AsTask();
                if (await TakeAsync(run, entry, read, cancellationToken).ConfigureAwait(false) is not { } segment)
                    continue;

                run.Add([segment], await writer.WriteAsync(run, [segment], unhurried: true, cancellationToken).ConfigureAwait(false));
                await DeleteAsync(run, [name], cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (
                exception is OperationCanceledException or BrokenCircuitException or DeadLetterCapException || writer.IsError(exception, ErrorKind.Data))
            {
                PassOver(run, name, exception);
            }
        }
    }

    private void PassOver(FlushRun run, SegmentName name, Exception cause)
    {
        PassOver(run, name, cause.Message);
        run.DeadLettersFull |= cause is DeadLetterCapException;
    }

    private void PassOver(FlushRun run, SegmentName name, string cause)
    {
        Log.PassedOver(logger, name.Id, cause);
        run.PassOverSegment(name, cause);
    }

    /// <summary>
    /// Deletes stored segments. One that cannot be deleted (leased, held, read-only, or the service was busy) is known by its row and harmless: it
    /// must not keep this flush, or any later one, from all the others.
    /// </summary>
    /// <returns>How many are gone.</returns>
    private async ValueTask<int> DeleteAsync(FlushRun run, IReadOnlyList<SegmentName> names, CancellationToken cancellationToken)
    {
        var gone = new ConcurrentQueue<Guid>();
        var stuck = new ConcurrentQueue<(SegmentName Name, string Cause)>();
        // A blob takes milliseconds to delete.
        await Parallel.ForEachAsync(
            names, new ParallelOptions { MaxDegreeOfParallelism = DeletedAtOnce, CancellationToken = cancellationToken },
            async (name, token) =>
            {
                try
                {
                    await segments.DeleteAsync(name, token).ConfigureAwait(false);
                    gone.Enqueue(name.Id);
                }
                catch (Exception exception) when (!token.IsCancellationRequested)
                {
                    stuck.Enqueue((name, exception.Message));
                }
            }).ConfigureAwait(false);

        foreach (var (name, cause) in stuck)
            PassOver(run, name, $"It is stored, and could not be deleted: {cause}");
        if (!gone.IsEmpty)
            await store.MarkDeletedAsync(gone, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        return gone.Count;
    }

    private TimeSpan TimeLeft(FlushRun run)
    {
        var left = options.TimeBudget - run.Elapsed;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async ValueTask NoteScheduleAsync(DateTimeOffset startedAt, CancellationToken timeLeft)
    {
        try
        {
            await schedule.WriteLastFlushAsync(startedAt, timeLeft).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Unknown means due: flushing too early is harmless.
            Log.ScheduleNotKept(logger, exception);
        }
    }

    private async ValueTask MeasureDepthAsync(CancellationToken timeLeft)
    {
        try
        {
            await depth.MeasureAsync(timeLeft).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeLeft.IsCancellationRequested)
        {
            // A million blobs are two hundred requests. The slow listing counts them; until then the depth is the last one known, which is too high.
        }
        catch (Exception exception)
        {
            Buffering.Log.ListingFailed(logger, exception);
        }
    }
}
