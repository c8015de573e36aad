using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Coordination;

/// <summary>Tells when calls of this instance begin to be rejected, and when they pass again; of what changes in between nobody is told. Not thread-safe.</summary>
internal sealed class PassageNews(string name, IBreakerListener listener, TimeProvider time)
{
    private bool toldOpen;

    public void Tell(BreakerView view)
    {
        if (view.Local is { IsAnnounced: false })
            return;

        var open = !view.Passes;
        if (open == toldOpen)
            return;

        toldOpen = open;
        if (!open)
        {
            listener.Closed(new(name, isShared: view is { Store: StoreKnowledge.Known, Record.State: CircuitState.Closed }));
            return;
        }

        var now = time.GetTimestamp();
        var manual = view.Record.State == CircuitState.Isolated;
        listener.Opened(new(
            name, view.Local?.Cause ?? view.Record.Reason ?? "", manual ? null : time.Remaining(now, view.RetryAt(now)), manual,
            isShared: view.Local is null));
    }
}
