namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>One process's clocks: a wall clock that is wrong and may jump, a monotonic one that begins anywhere, and its timers.</summary>
/// <param name="scheduler">The true time.</param>
/// <param name="process">Whose clock it is: a timer does not ring in a process that is paused or dead.</param>
/// <param name="skew">What the wall clock is wrong by.</param>
/// <param name="origin">Timestamp at the beginning of the simulation.</param>
/// <param name="ticksPerTimestamp">Timestamps a tick: 1 as on Windows, 100 as on Linux.</param>
internal sealed class SimulatedClock(SimulationScheduler scheduler, SimulatedProcess process, TimeSpan skew, long origin, long ticksPerTimestamp) : TimeProvider
{
    public static readonly DateTimeOffset Begin = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public TimeSpan Skew { get; set; } = skew;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond * ticksPerTimestamp;

    public override DateTimeOffset GetUtcNow() => Begin + scheduler.Now + Skew;

    public override long GetTimestamp() => origin + scheduler.Now.Ticks * ticksPerTimestamp;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan)
            throw new NotSupportedException("Nothing here needs a timer that rings twice.");

        var timer = new SimulatedTimer(scheduler, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimulatedTimer(SimulationScheduler scheduler, SimulatedProcess process, TimerCallback callback, object? state) : ITimer
    {
        private int setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var current = ++setting;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;

            scheduler.After(dueTime, () =>
            {
                if (current == setting)
                {
                    process.Post(() =>
                    {
                        if (current == setting)
                            callback(state);
                    });
                }
            });
            return true;
        }

        public void Dispose() => setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
