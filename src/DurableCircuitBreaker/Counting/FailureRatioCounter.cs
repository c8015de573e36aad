using DurableCircuitBreaker.Coordination;

namespace DurableCircuitBreaker.Counting;

/// <summary>
/// The share of failures within a sliding window of ten slices. It takes no lock: a slice is claimed for a new time by compare-and-swap, and
/// a result that is counted in the very moment of the claim may be lost to it. That is a handful of results a window, and no decision needs better.
/// </summary>
internal sealed class FailureRatioCounter(double ratio, int minimumThroughput, TimeSpan window, TimeProvider time) : IFailureCounter
{
    private const int SliceCount = 10;
    private const long Never = long.MinValue;
    private const long BeingCleared = Never + 1;
    private readonly long sliceTicks = Math.Max(1, time.ToTimestamps(window) / SliceCount);
    private readonly Slice[] slices = [.. Enumerable.Range(0, SliceCount).Select(_ => new Slice())];
    private Slice latest = new();

    public int Run => 0;

    public long RunAt => 0;

    public void OnSuccess() => Interlocked.Increment(ref SliceOf(time.GetTimestamp()).Successes);

    public bool OnFailure()
    {
        var now = time.GetTimestamp();
        Interlocked.Increment(ref SliceOf(now).Failures);
        long successes = 0, failures = 0;
        var oldest = (now / sliceTicks - SliceCount + 1) * sliceTicks;
        foreach (var slice in slices)
        {
            if (Volatile.Read(ref slice.Start) < oldest)
                continue;

            successes += Volatile.Read(ref slice.Successes);
            failures += Volatile.Read(ref slice.Failures);
        }

        var total = successes + failures;
        return total >= minimumThroughput && failures >= ratio * total;
    }

    public void Seed(int run, long at)
    {
        // Runs are another way of counting.
    }

    public void Reset()
    {
        foreach (var slice in slices)
            Volatile.Write(ref slice.Start, Never);
    }

    private Slice SliceOf(long now)
    {
        // Nearly always the same as a moment ago, and a division costs as much as the rest.
        var last = Volatile.Read(ref latest);
        return (ulong)(now - Volatile.Read(ref last.Start)) < (ulong)sliceTicks ? last : Claim(now);
    }

    private Slice Claim(long now)
    {
        var number = now / sliceTicks;
        var start = number * sliceTicks;
        var slice = slices[number % SliceCount];
        var seen = Volatile.Read(ref slice.Start);
        if (seen != start && seen != BeingCleared && Interlocked.CompareExchange(ref slice.Start, BeingCleared, seen) == seen)
        {
            Volatile.Write(ref slice.Successes, 0);
            Volatile.Write(ref slice.Failures, 0);
            // Not before: what is left from a window ago would be counted for now, and open the circuit.
            Volatile.Write(ref slice.Start, start);
        }

        Volatile.Write(ref latest, slice);
        return slice;
    }

    /// <summary>A class, so that its counters do not share a cache line with the other slices'.</summary>
    private sealed class Slice
    {
        public long Start = Never;
        public int Successes;
        public int Failures;
    }
}
