using FunctionsMonitor.Flushing;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Local.Flushing;

/// <summary>The tick: asks again and again whether a flush is due, and flushes if so. A failure never ends it.</summary>
/// <param name="flushIfDueAsync">Flushes if a flush is due; null when none was.</param>
/// <param name="options">How often.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of the first failure of a run and of its end, not of each tick.</param>
internal sealed class FlushTimer(
    Func<CancellationToken, ValueTask<FlushReport?>> flushIfDueAsync, IOptions<FlushTimerOptions> options, TimeProvider time,
    ILogger<FlushTimer> logger) : BackgroundService
{
    private int failures;
    private DateTimeOffset failingSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.TickInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await TickAsync(stoppingToken).ConfigureAwait(false);
    }

    private async ValueTask TickAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await flushIfDueAsync(stoppingToken).ConfigureAwait(false) is not { } report)
                return;

            if (report.Outcome == FlushOutcome.Failed)
                Fail(report.Notes.Count > 0 ? report.Notes[^1] : "no cause was given", null);
            else if (report.Outcome != FlushOutcome.Cancelled)
                Succeed();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop: what was committed is committed, the rest waits in the buffer.
        }
        catch (Exception exception)
        {
            // The timer must outlive whatever a flush meets; the next tick tries again.
            Fail(exception.Message, exception);
        }
    }

    private void Fail(string cause, Exception? exception)
    {
        if (failures++ > 0)
            return;

        failingSince = time.GetUtcNow();
        Log.FlushesFail(logger, exception, cause);
    }

    private void Succeed()
    {
        if (failures > 0)
            Log.FlushesWorkAgain(logger, failures, failingSince);
        failures = 0;
    }
}
