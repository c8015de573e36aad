namespace FunctionsMonitor.Resilience;

/// <summary>Counts for one pipeline. Thread-safe.</summary>
internal sealed class PipelineCounters(TimeProvider time)
{
    public const int MaxTransitions = 50;
    public const int MaxCauseCharacters = 128;
    private readonly Lock gate = new();
    private readonly Queue<BreakerTransition> transitions = [];
    private long calls, attempts, retries, successes, failures, rejections, timeouts;
    private string? lastError;
    private DateTimeOffset? openedAt, nextProbeAt;

    public DateTimeOffset? NextProbeAt
    {
        get
        {
            lock (gate)
                return nextProbeAt;
        }
    }

    public static string Describe(Exception? exception)
    {
        var text = exception is null ? "unknown" : $"{exception.GetType().Name}: {exception.Message}";
        return text.Length <= MaxCauseCharacters ? text : text[..MaxCauseCharacters];
    }

    public void Called() => Interlocked.Increment(ref calls);

    public void Attempted() => Interlocked.Increment(ref attempts);

    public void Retried() => Interlocked.Increment(ref retries);

    public void Succeeded() => Interlocked.Increment(ref successes);

    public void TimedOut() => Interlocked.Increment(ref timeouts);

    public void AttemptFailed(Exception exception) => Volatile.Write(ref lastError, Describe(exception));

    public void Failed(bool rejected)
    {
        Interlocked.Increment(ref failures);
        if (rejected)
            Interlocked.Increment(ref rejections);
    }

    public void Opened(BreakerState state, DateTimeOffset? probeAt, string cause)
    {
        lock (gate)
        {
            openedAt = time.GetUtcNow();
            nextProbeAt = probeAt;
            Add(state, cause);
        }
    }

    public void HalfOpened()
    {
        lock (gate)
            Add(BreakerState.HalfOpen, "the break is over");
    }

    public void Closed(string cause)
    {
        lock (gate)
        {
            openedAt = nextProbeAt = null;
            Add(BreakerState.Closed, cause);
        }
    }

    public PipelineMetrics ToMetrics(string name, BreakerState state)
    {
        lock (gate)
            return new()
            {
                Name = name,
                State = state,
                OpenedAt = openedAt,
                NextProbeAt = nextProbeAt,
                Calls = Interlocked.Read(ref calls),
                Attempts = Interlocked.Read(ref attempts),
                Retries = Interlocked.Read(ref retries),
                Successes = Interlocked.Read(ref successes),
                Failures = Interlocked.Read(ref failures),
                Rejections = Interlocked.Read(ref rejections),
                Timeouts = Interlocked.Read(ref timeouts),
                LastError = Volatile.Read(ref lastError),
                Transitions = [.. transitions],
            };
    }

    private void Add(BreakerState state, string cause)
    {
        transitions.Enqueue(new(time.GetUtcNow(), state, cause));
        if (transitions.Count > MaxTransitions)
            transitions.Dequeue();
    }
}
