namespace DurableCircuitBreaker.Counting;

/// <summary>
/// Counts failures in a row. A run ends by a success, or when nothing is added to it for as long as the window. While all goes well a
/// success reads one field; the lock is for failures.
/// </summary>
internal sealed class ConsecutiveFailureCounter(int threshold, TimeSpan window, TimeProvider time) : IFailureCounter
{
    private readonly Lock gate = new();
    private long lastFailure;
    private volatile int run;
    private bool hasResults;

    public int Run => run;

    public void OnSuccess()
    {
        if (run == 0 && hasResults)
            return;

        lock (gate)
        {
            run = 0;
            hasResults = true;
        }
    }

    public bool OnFailure()
    {
        var now = time.GetTimestamp();
        lock (gate)
        {
            if (run > 0 && time.GetElapsedTime(lastFailure, now) >= window)
                run = 0;
            lastFailure = now;
            hasResults = true;
            return ++run >= threshold;
        }
    }

    public void Seed(int run, long at)
    {
        lock (gate)
        {
            if (hasResults)
                return;

            // One below the threshold: what others saw may not open a circuit without one failure of our own.
            this.run = Math.Min(run, threshold - 1);
            lastFailure = at;
        }
    }

    public void Reset()
    {
        lock (gate)
            run = 0;
    }
}
