using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Resilience;

/// <summary>
/// A fake clock that remembers every delay waited on it and knows how many still are. Timeouts are not among them: Polly sets
/// those on timers made without a time.
/// </summary>
/// <remarks>It does not start at a whole second: a time that is one is taken for an HTTP date, which is cut to it.</remarks>
internal sealed class RecordingClock() : FakeTimeProvider(Start)
{
    public static new readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, 123, TimeSpan.Zero);

    private readonly ConcurrentQueue<TimeSpan> _delays = new();
    private int _pending;

    public IReadOnlyList<TimeSpan> Delays => [.. _delays];

    public int PendingDelays => Volatile.Read(ref _pending);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero)
            return base.CreateTimer(callback, state, dueTime, period);

        var delay = new Delay(this);
        _delays.Enqueue(dueTime);
        delay.Timer = base.CreateTimer(
            argument =>
            {
                delay.End();
                callback(argument);
            },
            state,
            dueTime,
            period);
        Interlocked.Increment(ref _pending);
        return delay;
    }

    private sealed class Delay(RecordingClock clock) : ITimer
    {
        private int _ended;

        public ITimer Timer { get; set; } = null!;

        public void End()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                Interlocked.Decrement(ref clock._pending);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => Timer.Change(dueTime, period);

        public void Dispose()
        {
            End();
            Timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
