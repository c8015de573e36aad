namespace FunctionsMonitor.Flushing;

/// <summary>Lets one flush of this process in at a time and can name it. Between processes the store's own lock decides.</summary>
internal sealed class FlushGate
{
    private (Guid Id, DateTimeOffset Since)? running;
    private readonly Lock gate = new();

    /// <exception cref="FlushInProgressException">Somebody is in.</exception>
    public IDisposable Enter(Guid id, DateTimeOffset now)
    {
        lock (gate)
        {
            if (running is { } other)
                throw new FlushInProgressException(other.Id, other.Since);
            running = (id, now);
        }

        return new Exit(this);
    }

    private sealed class Exit(FlushGate owner) : IDisposable
    {
        public void Dispose()
        {
            lock (owner.gate)
                owner.running = null;
        }
    }
}
