using System.Collections.Concurrent;
using DurableCircuitBreaker.Coordination;
using Polly.Telemetry;

namespace DurableCircuitBreaker;

/// <summary>
/// Reports to Polly's telemetry and calls the user's callbacks, one after the other and in the order of events. No call waits for a callback,
/// and what a callback throws is reported and reaches no call.
/// </summary>
internal sealed class BreakerListener(
    ResilienceStrategyTelemetry telemetry,
    Func<OnDurableCircuitOpenedArguments, ValueTask>? onOpened,
    Func<OnDurableCircuitClosedArguments, ValueTask>? onClosed,
    Func<OnDurableCircuitHalfOpenedArguments, ValueTask>? onHalfOpened,
    Func<OnBreakerStoreUnavailableArguments, ValueTask>? onStoreUnavailable) : IBreakerListener
{
    private readonly ConcurrentQueue<Func<ValueTask>> queue = new();
    private int delivering;

    public void Opened(OnDurableCircuitOpenedArguments args) => Queue(ResilienceEventSeverity.Error, BreakerTelemetry.Opened, onOpened, args);

    public void Closed(OnDurableCircuitClosedArguments args) => Queue(ResilienceEventSeverity.Information, BreakerTelemetry.Closed, onClosed, args);

    public void HalfOpened(OnDurableCircuitHalfOpenedArguments args) =>
        Queue(ResilienceEventSeverity.Warning, BreakerTelemetry.HalfOpened, onHalfOpened, args);

    public void StoreUnavailable(OnBreakerStoreUnavailableArguments args) =>
        Queue(ResilienceEventSeverity.Warning, BreakerTelemetry.StoreUnavailable, onStoreUnavailable, args);

    public void Deliver()
    {
        if (!queue.IsEmpty && Interlocked.CompareExchange(ref delivering, 1, 0) == 0)
            NobodysContext.Run(() => _ = DeliverAsync());
    }

    private void Queue<TArgs>(ResilienceEventSeverity severity, string name, Func<TArgs, ValueTask>? callback, TArgs args) => queue.Enqueue(() =>
    {
        Report(severity, name, args);
        return callback is null ? ValueTask.CompletedTask : callback(args);
    });

    private void Report<TArgs>(ResilienceEventSeverity severity, string name, TArgs args)
    {
        try
        {
            telemetry.ReportAlone(severity, name, args);
        }
        catch (Exception)
        {
            // A listener of the telemetry failed: nobody is left to tell, and the callbacks are still to be called.
        }
    }

    private async Task DeliverAsync()
    {
        do
        {
            while (queue.TryDequeue(out var next))
            {
                try
                {
                    await next().ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    // There is no call that this could belong to; the telemetry is who hears of it.
                    Report(ResilienceEventSeverity.Error, BreakerTelemetry.CallbackFailed, exception);
                }
            }

            // A full fence: the look at the queue below must not come before this.
            Interlocked.Exchange(ref delivering, 0);
        }
        while (!queue.IsEmpty && Interlocked.CompareExchange(ref delivering, 1, 0) == 0);
    }
}
