using FunctionsMonitor.LoadTest.Engine;

namespace FunctionsMonitor.Tests.Load;

public sealed class OpenLoopScheduleTests
{
    private const long Start = 5_000, Frequency = 1_000_000_000;

    [Fact]
    public void Requests_are_due_evenly_and_never_before_their_time()
    {
        var schedule = new OpenLoopSchedule(Start, Frequency, ratePerSecond: 4);

        Assert.False(schedule.TryTake(Start - 1, out _));
        Assert.True(schedule.TryTake(Start, out var first));
        Assert.False(schedule.TryTake(Start + 249_999_999, out _));
        Assert.True(schedule.TryTake(Start + 250_000_000, out var second));

        Assert.Equal((Start, Start + 250_000_000), (first, second));
        Assert.Equal(Start + 500_000_000, schedule.Next);
    }

    [Fact]
    public void After_a_stall_everything_that_was_due_is_there_with_its_own_time()
    {
        var schedule = new OpenLoopSchedule(Start, Frequency, ratePerSecond: 10);
        var taken = new List<long>();

        while (schedule.TryTake(Start + (2 * Frequency), out var intended))
            taken.Add(intended - Start);

        Assert.Equal(Enumerable.Range(0, 21).Select(i => i * Frequency / 10), taken);
    }

    [Fact]
    public void Rounding_does_not_add_up_over_an_hour()
    {
        var schedule = new OpenLoopSchedule(Start, Frequency, ratePerSecond: 3);

        for (var i = 0; i < 3 * 3_600; i++)
            Assert.True(schedule.TryTake(long.MaxValue, out _));

        Assert.Equal(Start + (3_600 * Frequency), schedule.Next);
    }
}
