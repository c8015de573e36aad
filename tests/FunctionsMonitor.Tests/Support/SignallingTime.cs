using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Support;

/// <summary>A fake clock that says when somebody waits on it. A tick before there is a timer would be lost.</summary>
internal sealed class SignallingTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    public TaskCompletionSource TimerMade { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        TimerMade.TrySetResult();
        return timer;
    }
}
