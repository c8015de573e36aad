using FunctionsMonitor.Flushing;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>A short tick; whether a flush is due is a matter of flags (<see cref="FlushDue"/>).</summary>
public sealed class FlushTimer(FlushDue due)
{
    /// <exception cref="InvalidOperationException">The flush failed: a timer that swallows it is reported to the host as a success.</exception>
    [Function("FlushTimer")]
    public async Task RunAsync([TimerTrigger("%MetricsFlushSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var report = await due.FlushIfDueAsync(cancellationToken);
        if (report is { Outcome: FlushOutcome.Failed })
            throw new InvalidOperationException($"Flush {report.FlushId} failed: {string.Join(" ", report.Notes)}");
    }
}
