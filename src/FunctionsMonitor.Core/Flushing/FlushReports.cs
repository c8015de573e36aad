using FunctionsMonitor.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flushing;

/// <summary>
/// Keeps the reports of flushes in the metrics store. A report that cannot be written (the store may be what failed) waits in memory for the
/// next one; the newest <see cref="MaxWaiting"/> do.
/// </summary>
internal sealed class FlushReports(IMetricsStore store, MonitorMeter meter, ILogger<FlushReports> logger)
{
    public const int MaxWaiting = 100;
    private readonly Queue<FlushReport> waiting = [];
    private readonly Lock gate = new();
    private volatile FlushReport? last;

    /// <summary>The last flush of this instance.</summary>
    public FlushReport? Last => last;

    public async ValueTask KeepAsync(FlushReport report, CancellationToken cancellationToken)
    {
        last = report;
        meter.Flushed(report);
        if (report is { Outcome: FlushOutcome.Empty, Trigger: "timer" })
            return;

        lock (gate)
        {
            waiting.Enqueue(report);
            if (waiting.Count > MaxWaiting)
                waiting.Dequeue();
        }

        while (Peek() is { } next)
        {
            try
            {
                await store.RecordFlushAsync(next, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Log.ReportNotKept(logger, exception, next.FlushId);
                return;
            }

            lock (gate)
                waiting.Dequeue();
        }
    }

    private FlushReport? Peek()
    {
        lock (gate)
            return waiting.TryPeek(out var next) ? next : null;
    }
}
