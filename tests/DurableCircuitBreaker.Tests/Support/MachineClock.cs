using Microsoft.Extensions.Time.Testing;

namespace DurableCircuitBreaker.Tests.Support;

/// <summary>A machine's two clocks: the one on its wall, which somebody may set, and the monotonic one, on which timers run.</summary>
/// <remarks>When a <see cref="FakeTimeProvider"/> is set, both its clocks jump.</remarks>
internal sealed class MachineClock(DateTimeOffset start) : TimeProvider
{
    private readonly FakeTimeProvider monotonic = new(start);

    /// <summary>By what the wall clock is off.</summary>
    public TimeSpan WallOffset { get; set; }

    public override long TimestampFrequency => monotonic.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => monotonic.GetUtcNow() + WallOffset;

    public override long GetTimestamp() => monotonic.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        monotonic.CreateTimer(callback, state, dueTime, period);

    public void Advance(TimeSpan by) => monotonic.Advance(by);
}
