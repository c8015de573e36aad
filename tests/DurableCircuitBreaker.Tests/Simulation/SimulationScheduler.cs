namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>
/// The one clock and the one thread of a simulation. What is due at the same time happens in an order that the seed decides, so every
/// interleaving has its chance, and the same seed has the same one.
/// </summary>
internal sealed class SimulationScheduler(SimulationRandom random)
{
    private readonly PriorityQueue<Action, (long At, ulong Order)> queue = new();
    private readonly int thread = Environment.CurrentManagedThreadId;

    public TimeSpan Now { get; private set; }

    /// <summary>Whether this is the thread that the simulation began on: anything else is a hop that no seed could replay.</summary>
    public bool IsOnItsThread => Environment.CurrentManagedThreadId == thread;

    public void After(TimeSpan delay, Action action) => queue.Enqueue(action, ((Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero)).Ticks, random.Next()));

    /// <summary>Runs the next thing; false when there is none before the end.</summary>
    public bool RunNext(TimeSpan end)
    {
        if (!queue.TryPeek(out _, out var due) || due.At > end.Ticks)
        {
            Now = end > Now ? end : Now;
            return false;
        }

        var next = queue.Dequeue();
        Now = TimeSpan.FromTicks(due.At);
        next();
        return true;
    }
}
