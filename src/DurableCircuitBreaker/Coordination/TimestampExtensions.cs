namespace DurableCircuitBreaker.Coordination;

/// <summary>Arithmetic on the timestamps of a <see cref="TimeProvider"/>, which only ever go forward, whatever is done to the clock on the wall.</summary>
internal static class TimestampExtensions
{
    /// <summary>A time span as a difference of timestamps.</summary>
    public static long ToTimestamps(this TimeProvider time, TimeSpan span) => (long)(span.Ticks * ((double)time.TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <summary>From <paramref name="now"/> to <paramref name="until"/>, never negative.</summary>
    public static TimeSpan Remaining(this TimeProvider time, long now, long until) => until <= now ? TimeSpan.Zero : time.GetElapsedTime(now, until);
}
