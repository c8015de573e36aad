namespace DurableCircuitBreaker.Coordination;

/// <summary>
/// The store's time, as far as this instance can tell: set by the store's answers, moved on by the monotonic clock in between. Not thread-safe.
/// </summary>
internal sealed class StoreClock(TimeProvider time)
{
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(1000);
    // A store that leaves out its time, or tells of one that nobody can count on from, must not end in an overflow within a call.
    private static readonly DateTimeOffset First = new(1000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Last = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private DateTimeOffset anchorTime;
    private long anchorTimestamp;
    private bool isSet;

    /// <summary>The store's time at a timestamp; this machine's until the store has answered once.</summary>
    public DateTimeOffset At(long timestamp) => isSet
        ? anchorTime + time.GetElapsedTime(anchorTimestamp, timestamp)
        : time.GetUtcNow() + time.GetElapsedTime(time.GetTimestamp(), timestamp);

    /// <summary>The timestamp at which the store's clock shows a time.</summary>
    public long TimestampAt(DateTimeOffset storeTime, long now)
    {
        // A record can say anything, the year 9999 too; timestamps end sooner than that.
        var distance = storeTime - At(now);
        return now + time.ToTimestamps(distance > Furthest ? Furthest : distance < -Furthest ? -Furthest : distance);
    }

    /// <summary>Takes in the time of an answer, which was stamped between two timestamps.</summary>
    /// <remarks>
    /// An HTTP Date is cut to the second. Taking each one as it is would make time jump by up to a second either way at every answer; so what
    /// is known is only held within what the answer allows.
    /// </remarks>
    public void Observe(DateTimeOffset storeTime, long sent, long received)
    {
        storeTime = storeTime < First ? First : storeTime > Last ? Last : storeTime;
        var resolution = storeTime.Ticks % TimeSpan.TicksPerSecond == 0 ? Second : TimeSpan.Zero;
        var earliest = storeTime;
        var latest = storeTime + resolution + time.GetElapsedTime(sent, received);
        var known = isSet ? At(received) : earliest;
        anchorTime = known < earliest ? earliest : known > latest ? latest : known;
        anchorTimestamp = received;
        isSet = true;
    }
}
