using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Idempotency;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flushing;

/// <summary>
/// Decides at every tick whether a flush is due: by <c>MONITORING_METRICS_FLUSH_INTERVAL</c>, once <c>MONITORING_BATCH_SIZE</c> events are
/// pending, while a backlog remains, or when a break has ended. After failures the next try waits, twice as long each time up to a minute.
/// </summary>
public sealed class FlushDue
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private readonly MetricsPersister persister;
    private readonly BufferDepthMonitor depth;
    private readonly IFlushSchedule schedule;
    private readonly FlagManager flags;
    private readonly StorePipelines pipelines;
    private readonly FlushReports reports;
    private readonly IdempotencyPurge purge;
    private readonly TimeProvider time;
    private readonly ILogger<FlushDue> logger;
    private bool scheduleUnreadable;
    private bool backlog;
    private DateTimeOffset notBefore;
    private int failures;

    internal FlushDue(
        MetricsPersister persister, BufferDepthMonitor depth, IFlushSchedule schedule, FlagManager flags, StorePipelines pipelines,
        FlushReports reports, IdempotencyPurge purge, TimeProvider time, ILogger<FlushDue> logger)
    {
        this.persister = persister;
        this.depth = depth;
        this.schedule = schedule;
        this.flags = flags;
        this.pipelines = pipelines;
        this.reports = reports;
        this.purge = purge;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Flushes if one is due.</summary>
    /// <returns>The report; null when none was due, or another flush is at it.</returns>
    public async ValueTask<FlushReport?> FlushIfDueAsync(CancellationToken cancellationToken)
    {
        // The one tick that every host has; whether the metrics store is well does not matter to it.
        await purge.PurgeIfDueAsync(cancellationToken).ConfigureAwait(false);
        if (!await IsDueAsync(cancellationToken).ConfigureAwait(false))
            return null;

        try
        {
            var report = await persister.FlushAsync("timer", cancellationToken).ConfigureAwait(false);
            backlog = report.Outcome == FlushOutcome.Failed || (report.Outcome == FlushOutcome.Partial && report.PassedOver == 0);
            failures = report.Outcome == FlushOutcome.Failed ? failures + 1 : 0;
            notBefore = failures == 0 ? default : time.GetUtcNow() + Wait(failures);
            return report;
        }
        catch (FlushInProgressException)
        {
            return null;
        }
    }

    internal async ValueTask<bool> IsDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var snapshot = flags.Current;
        if (!snapshot.PersistenceEnabled || now < notBefore || await pipelines.Write.IsRejectingAsync(cancellationToken).ConfigureAwait(false))
            return false;
        // What the last flush could not take (passed over, or of a newer format) must not make every tick a flush.
        if (backlog || depth.Current.Events - (reports.Last?.EventsLeft ?? 0) >= snapshot.BatchSize)
            return true;

        // A time that lies an interval ahead is some clock's mistake and no reason to wait for it.
        return await ReadLastFlushAsync(cancellationToken).ConfigureAwait(false) is not { } last || (now - last).Duration() >= snapshot.FlushInterval;
    }

    /// <summary>When the schedule cannot be read, this instance goes by its own last flush; the metrics store may be well.</summary>
    private async ValueTask<DateTimeOffset?> ReadLastFlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            var last = await schedule.ReadLastFlushAsync(cancellationToken).ConfigureAwait(false);
            scheduleUnreadable = false;
            return last;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!scheduleUnreadable)
                Log.ScheduleNotRead(logger, exception);
            scheduleUnreadable = true;
            return reports.Last?.StartedAt;
        }
    }

    private static TimeSpan Wait(int failures) =>
        TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Math.Min(failures, 10))));
}
