namespace DurableCircuitBreaker.Coordination;

/// <summary>
/// The store's time, as far as this instance can tell: set by the store's answers, moved on by the monotonic clock in between. Not thread-safe.
/// </summary>
internal sealed class StoreClock(TimeProvider time)
{
    /// <summary>Of an HTTP Date.</summary>
    public static readonly TimeSpan CoarsestResolution = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Furthest = TimeSpan.FromDays(1000);
    // A store that leaves out its time, or tells of one that nobody can count on from, must not end in an overflow within a call.
    private static readonly DateTimeOffset First = new(1000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Last = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private DateTimeOffset anchorTime;
    private TimeSpan uncertainty;
    private long anchorTimestamp;
    private bool isSet;

    /// <summary>The store's time at a timestamp, or a little before it; this machine's until the store has answered once.</summary>
    public DateTimeOffset At(long timestamp) => isSet
        ? anchorTime + time.GetElapsedTime(anchorTimestamp, timestamp)
        : time.GetUtcNow() + time.GetElapsedTime(time.GetTimestamp(), timestamp);

    /// <summary>The latest that the store's time may be at a timestamp: what is promised until then must be counted from here.</summary>
    public DateTimeOffset LatestAt(long timestamp) => At(timestamp) + uncertainty;

    /// <summary>The first timestamp at which the store's clock may show a time: what is one's own until then must not be used any longer.</summary>
    public long EarliestTimestampAt(DateTimeOffset storeTime, long now) =>
        TimestampAt(storeTime - DateTimeOffset.MinValue > uncertainty ? storeTime - uncertainty : DateTimeOffset.MinValue, now);

    /// <summary>The timestamp at which the store's clock shows a time, or a little after it.</summary>
    public long TimestampAt(DateTimeOffset storeTime, long now)
    {
        // A record can say anything, the year 9999 too; timestamps end sooner than that.
        var distance = storeTime - At(now);
        return now + time.ToTimestamps(distance > Furthest ? Furthest : distance < -Furthest ? -Furthest : distance);
    }

    /// <summary>Takes in the time of an answer, which was stamped between two timestamps.</summary>
    /// <remarks>
    /// An HTTP Date is cut to the second, and an answer may have been on its way for seconds. So an answer only says between what two times the
    /// store's clock must be now; what is known is what all of them agree on. Where they do not, somebody has set the clock, and the last one counts.
    /// </remarks>
    public void Observe(DateTimeOffset storeTime, long sent, long received)
    {
        storeTime = storeTime < First ? First : storeTime > Last ? Last : storeTime;
        var resolution = storeTime.Ticks % TimeSpan.TicksPerSecond == 0 ? CoarsestResolution : TimeSpan.Zero;
        var earliest = storeTime;
        var latest = storeTime + resolution + time.GetElapsedTime(sent, received);
        if (isSet && At(received) <= latest && LatestAt(received) >= earliest)
        {
            earliest = At(received) > earliest ? At(received) : earliest;
            latest = LatestAt(received) < latest ? LatestAt(received) : latest;
        }

        anchorTime = earliest;
        uncertainty = latest - earliest;
        anchorTimestamp = received;
        isSet = true;
    }
}
