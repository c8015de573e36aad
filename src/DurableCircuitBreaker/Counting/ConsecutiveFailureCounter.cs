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
    private bool isSettled;

    public int Run => run;

    public long RunAt => Volatile.Read(ref lastFailure);

    public void OnSuccess()
    {
        if (run == 0 && isSettled)
            return;

        Reset();
    }

    public bool OnFailure()
    {
        var now = time.GetTimestamp();
        lock (gate)
        {
            if (run > 0 && time.GetElapsedTime(lastFailure, now) >= window)
                run = 0;
            Volatile.Write(ref lastFailure, now);
            return ++run >= threshold;
        }
    }

    public void Seed(int run, long at)
    {
        lock (gate)
        {
            if (isSettled)
                return;

            // One below the threshold: what others saw may not open a circuit without one failure of our own after we heard of it.
            if (this.run == 0 || at > lastFailure)
                Volatile.Write(ref lastFailure, at);
            this.run = Math.Min(this.run + run, threshold - 1);
        }
    }

    public void Reset()
    {
        lock (gate)
        {
            run = 0;
            isSettled = true;
        }
    }
}
