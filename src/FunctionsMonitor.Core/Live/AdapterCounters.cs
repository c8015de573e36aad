namespace FunctionsMonitor.Live;

/// <summary>The counters of one adapter. Thread-safe.</summary>
internal sealed class AdapterCounters(TimeProvider time)
{
    private long published;
    private long received;
    private long duplicates;
    private long dropped;
    private long failures;
    private volatile Fault? last;

    public void Publish(long events) => Interlocked.Add(ref published, events);

    public void Receive(long events, long ofThemDuplicates)
    {
        Interlocked.Add(ref received, events);
        Interlocked.Add(ref duplicates, ofThemDuplicates);
    }

    public void Drop(long events) => Interlocked.Add(ref dropped, events);

    public void Fail(string error)
    {
        Interlocked.Increment(ref failures);
        last = new(error, time.GetUtcNow());
    }

    public LiveAdapterMetrics ToMetrics(string name, string transport, LiveAdapterState state) => new()
    {
        Name = name,
        Transport = transport,
        State = state,
        Published = Interlocked.Read(ref published),
        Received = Interlocked.Read(ref received),
        Duplicates = Interlocked.Read(ref duplicates),
        Dropped = Interlocked.Read(ref dropped),
        Failures = Interlocked.Read(ref failures),
        LastError = last?.Error,
        LastErrorAt = last?.At,
    };

    private sealed record Fault(string Error, DateTimeOffset At);
}
