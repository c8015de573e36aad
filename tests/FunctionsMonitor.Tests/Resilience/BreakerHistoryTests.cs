using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Resilience;

public sealed class BreakerHistoryTests
{
    [Fact]
    public void It_keeps_the_last_fifty_oldest_first()
    {
        var history = new BreakerHistory(new FakeTimeProvider());
        for (var i = 0; i < 51; i++)
            history.Record(i % 2 == 0 ? BreakerState.Open : BreakerState.Closed, $"cause {i}");

        var transitions = history.Read().Transitions;

        Assert.Equal(BreakerHistory.Capacity, transitions.Count);
        Assert.Equal(("cause 1", "cause 50"), (transitions[0].Cause, transitions[^1].Cause));
    }
}
