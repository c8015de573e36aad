using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;

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
    private readonly TimeProvider time;
    private bool backlog;
    private long leftBehind;
    private DateTimeOffset notBefore;
    private int failures;

    internal FlushDue(
        MetricsPersister persister, BufferDepthMonitor depth, IFlushSchedule schedule, FlagManager flags, StorePipelines pipelines, TimeProvider time)
    {
        this.persister = persister;
        this.depth = depth;
        this.schedule = schedule;
        this.flags = flags;
        this.pipelines = pipelines;
        this.time = time;
    }

    /// <summary>Flushes if one is due.</summary>
    /// <returns>The report; null when none was due, or another flush is at it.</returns>
    public async ValueTask<FlushReport?> FlushIfDueAsync(CancellationToken cancellationToken)
    {
        if (!await IsDueAsync(cancellationToken).ConfigureAwait(false))
            return null;

        try
        {
            var report = await persister.FlushAsync("timer", cancellationToken).ConfigureAwait(false);
            backlog = report.Outcome == FlushOutcome.Failed || (report.Outcome == FlushOutcome.Partial && report.PassedOver == 0);
            // What this flush could not take (passed over, or of a newer format) must not make every tick a flush.
            leftBehind = backlog ? 0 : depth.Current.Events;
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
        if (backlog || depth.Current.Events - leftBehind >= snapshot.BatchSize)
            return true;

        return await schedule.ReadLastFlushAsync(cancellationToken).ConfigureAwait(false) is not { } last || now - last >= snapshot.FlushInterval;
    }

    private static TimeSpan Wait(int failures) =>
        TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Math.Min(failures, 10))));
}
