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
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);

    private readonly IMetricsStore store;
    private readonly ISegmentStore segments;
    private readonly SegmentSource source;
    private readonly SegmentReadAhead ahead;
    private readonly FlushWriter writer;
    private readonly BufferDepthMonitor depth;
    private readonly FlushGate gate = new();
    private readonly FlushReports reports;
    private readonly IFlushSchedule schedule;
    private readonly FlagManager flags;
    private readonly MonitorPipeline pipeline;
    private readonly MonitorInstance instance;
    private readonly FlushOptions options;
    private readonly RetentionOptions retention;
    private readonly TimeProvider time;
    private readonly ILogger<MetricsPersister> logger;
    private DateTimeOffset nextRetention;

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
        this.retention = retention.Value;
        this.time = time;
        this.logger = logger;
        writer = new FlushWriter(store, pipeline, this.retention, time, logger);
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
        using var budget = new CancellationTokenSource(options.TimeBudget, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token);
        var outcome = FlushOutcome.Failed;
        try
        {
            await PrepareAsync(linked.Token).ConfigureAwait(false);
            outcome = await DrainAsync(run, linked.Token).ConfigureAwait(false);
            await MaintainAsync(run.StartedAt, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            outcome = cancellationToken.IsCancellationRequested ? FlushOutcome.Cancelled : FlushOutcome.Partial;
            run.Note(cancellationToken.IsCancellationRequested ? "Asked to stop." : $"The time budget of {options.TimeBudget} was used up.");
        }
        catch (FlushInProgressException)
        {
            throw;
        }
        catch (Exception exception)
        {
            // The caller decides what a failed flush means to its host; the report says what happened either way.
            Log.FlushFailed(logger, exception);
            run.Fail(exception);
        }

        var report = run.End(outcome);
        if (outcome is FlushOutcome.Completed or FlushOutcome.Empty or FlushOutcome.Partial)
            await NoteScheduleAsync(run.StartedAt).ConfigureAwait(false);
        if (report.Segments > 0)
            Log.Flushed(logger, report.Events, report.Segments, report.Stored, report.Duplicates, report.Dead, report.Expired);
        await MeasureDepthAsync().ConfigureAwait(false);
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
        await DeleteAsync(done, cancellationToken).ConfigureAwait(false);
        run.Note($"{done.Count} segments were committed by an earlier flush that was cut off; they were deleted.");
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
        catch (Exception exception) when (entry.Name is { } name && !cancellationToken.IsCancellationRequested)
        {
            // One file on a bad sector must not keep the flush from all the others; and who cannot be read may be readable the next time.
            PassOver(run, name, exception);
            return null;
        }

        if (reading.Kind == SegmentReadingKind.Quarantined)
            run.Quarantined++;
        else if (reading.Kind == SegmentReadingKind.NewerFormat)
            run.Skip(entry.FileName, entry.Name!.Value.Count, $"{entry.FileName} was written by a newer version; it stays.");
        return reading.Segment;
    }

    /// <summary>
    /// One transaction. A batch that takes too long, that has more dead letters than there is room for, or that is refused as a whole, is
    /// halved down to single segments; one that fails alone is passed over for this flush, so that it cannot hold up the others. One that is
    /// too slow even alone is tried again at the end.
    /// </summary>
    private async ValueTask WriteAsync(FlushRun run, IReadOnlyList<DecodedSegment> decoded, CancellationToken cancellationToken)
    {
        try
        {
            var outcomes = await writer.WriteAsync(run, decoded, unhurried: false, cancellationToken).ConfigureAwait(false);
            run.Add(decoded, outcomes);
        }
        catch (Exception exception) when (exception is TimeoutRejectedException or DeadLetterCapException || writer.IsError(exception, ErrorKind.Data))
        {
            if (exception is TimeoutRejectedException)
                slowStoreEvents = Math.Max(1, decoded.Sum(segment => segment.Header.Count) / 2);
            // The store may be gone, or only this much too much for it. An answer to something small tells: without one the breaker goes on
            // counting, with one its run of failures ends, and halving is worth the while.
            if (exception is TimeoutRejectedException)
                await PrepareAsync(cancellationToken).ConfigureAwait(false);

            if (decoded.Count == 1)
            {
                var header = decoded[0].Header;
                if (exception is TimeoutRejectedException)
                {
                    run.Defer(header.Name);
                    return;
                }

                PassOver(run, header.Name, exception);
                return;
            }

            var half = decoded.Count / 2;
            await WriteAsync(run, [.. decoded.Take(half)], cancellationToken).ConfigureAwait(false);
            await WriteAsync(run, [.. decoded.Skip(half)], cancellationToken).ConfigureAwait(false);
            return;
        }

        await DeleteAsync([.. decoded.Select(segment => segment.Header.Name)], cancellationToken).ConfigureAwait(false);
    }

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
                var entry = new SegmentEntry(name.ToString(), name, 0);
                var read = source.ReadAsync(entry, cancellationToken).AsTask();
                if (await TakeAsync(run, entry, read, cancellationToken).ConfigureAwait(false) is not { } segment)
                    continue;

                run.Add([segment], await writer.WriteAsync(run, [segment], unhurried: true, cancellationToken).ConfigureAwait(false));
                await DeleteAsync([name], cancellationToken).ConfigureAwait(false);
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
        Log.PassedOver(logger, name.Id, cause.Message);
        run.PassOverSegment(name, cause.Message);
        run.DeadLettersFull |= cause is DeadLetterCapException;
    }

    private async ValueTask DeleteAsync(IReadOnlyList<SegmentName> names, CancellationToken cancellationToken)
    {
        // A blob takes milliseconds to delete.
        await Parallel.ForEachAsync(
            names, new ParallelOptions { MaxDegreeOfParallelism = DeletedAtOnce, CancellationToken = cancellationToken },
            async (name, token) => await segments.DeleteAsync(name, token).ConfigureAwait(false)).ConfigureAwait(false);
        await store.MarkDeletedAsync([.. names.Select(name => name.Id)], time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now < nextRetention)
            return;

        try
        {
            await NoteForgottenDeletesAsync(cancellationToken).ConfigureAwait(false);
            var cutoffs = new RetentionCutoffs(now - retention.Events, now - retention.DeadLetters, now - retention.SegmentRows, now - retention.Flushes);
            await store.ApplyRetentionAsync(cutoffs, cancellationToken).ConfigureAwait(false);
            nextRetention = now + RetentionInterval;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What is past its time may stay a little longer; the events of this flush are safe and it must not count as failed.
            Log.RetentionFailed(logger, exception);
        }
    }

    /// <summary>
    /// A flush that was cut off after it deleted a segment has not noted so, and no later one meets that segment: its row would stay for ever,
    /// and with it all later ones of its incarnation. What has a row and is not listed afterwards is gone.
    /// </summary>
    private async ValueTask NoteForgottenDeletesAsync(CancellationToken cancellationToken)
    {
        var gone = new HashSet<Guid>(await store.ListNotDeletedAsync(ListingPage, cancellationToken).ConfigureAwait(false));
        if (gone.Count == 0)
            return;

        await foreach (var entry in segments.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Name is { } name)
                gone.Remove(name.Id);
        }

        if (gone.Count > 0)
            await store.MarkDeletedAsync(gone, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask NoteScheduleAsync(DateTimeOffset startedAt)
    {
        try
        {
            await schedule.WriteLastFlushAsync(startedAt, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Unknown means due: flushing too early is harmless.
            Log.ScheduleNotKept(logger, exception);
        }
    }

    private async ValueTask MeasureDepthAsync()
    {
        try
        {
            await depth.MeasureAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Buffering.Log.ListingFailed(logger, exception);
        }
    }
}
