namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>
/// When the requests of an open loop are meant to be sent: evenly, whatever the server does. Each time is computed from the start, so that
/// rounding does not add up over an hour.
/// </summary>
/// <param name="start">The clock's timestamp of the first request.</param>
/// <param name="frequency">Timestamps a second.</param>
/// <param name="ratePerSecond">Requests a second; more than 0.</param>
internal sealed class OpenLoopSchedule(long start, long frequency, double ratePerSecond)
{
    private long taken;

    /// <summary>When the next one is meant to be sent.</summary>
    public long Next => At(taken);

    /// <summary>Takes the next one if it is due.</summary>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="intended">When it was meant to be sent; it may be long ago.</param>
    public bool TryTake(long now, out long intended)
    {
        intended = Next;
        if (intended > now)
            return false;

        taken++;
        return true;
    }

    private long At(long index) => start + (long)(index * (double)frequency / ratePerSecond);
}
