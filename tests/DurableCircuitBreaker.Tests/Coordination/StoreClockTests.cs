using DurableCircuitBreaker.Coordination;
using DurableCircuitBreaker.Tests.Support;

namespace DurableCircuitBreaker.Tests.Coordination;

public sealed class StoreClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, 250, TimeSpan.Zero);
    private readonly MachineClock time = new(Noon);
    private readonly StoreClock clock;

    public StoreClockTests() => clock = new(time);

    private DateTimeOffset Now => clock.At(time.GetTimestamp());

    [Fact]
    public void Before_the_first_answer_it_is_the_machines() => Assert.Equal(Noon, Now);

    [Fact]
    public void From_the_first_answer_on_it_is_the_stores_and_moves_on_by_the_monotonic_clock()
    {
        Observe(Noon.AddHours(3));
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(Noon.AddHours(3).AddSeconds(7), Now);
    }

    [Fact]
    public void The_clock_on_the_machines_wall_does_not_move_it()
    {
        Observe(Noon);
        time.WallOffset = TimeSpan.FromDays(-365);
        Assert.Equal(Noon, Now);
    }

    [Fact]
    public void Answers_that_are_cut_to_the_second_do_not_make_it_jump()
    {
        // The store's time is exactly this machine's; its header shows only the second.
        Observe(Second(Noon));
        var times = new List<DateTimeOffset>();
        for (var i = 0; i < 40; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(130));
            Observe(Second(time.GetUtcNow()));
            times.Add(Now);
        }

        Assert.Equal(times.Order(), times);
        // After some answers it is known to a fraction of a second.
        Assert.InRange((time.GetUtcNow() - Now).Duration(), TimeSpan.Zero, TimeSpan.FromMilliseconds(131));
    }

    [Fact]
    public void An_answer_that_was_long_under_way_moves_it_only_as_far_as_it_proves()
    {
        Observe(Noon);
        var sent = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(4));
        // Stamped at any time within those four seconds: what is known fits.
        clock.Observe(Noon.AddSeconds(1), sent, time.GetTimestamp());
        Assert.Equal(Noon.AddSeconds(4), Now);
    }

    [Fact]
    public void A_store_whose_clock_was_set_is_followed()
    {
        Observe(Noon);
        Observe(Noon.AddHours(-1));
        Assert.Equal(Noon.AddHours(-1), Now);
        Observe(Noon.AddHours(5));
        Assert.Equal(Noon.AddHours(5), Now);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_store_that_tells_no_time_or_the_last_one_overflows_nothing(int which)
    {
        var told = which == 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        Observe(told);
        time.Advance(TimeSpan.FromDays(1));
        _ = clock.At(time.GetTimestamp() - 1);
        Observe(told);
        foreach (var at in new[] { DateTimeOffset.MinValue, Noon, DateTimeOffset.MaxValue })
            Assert.InRange(time.GetElapsedTime(time.GetTimestamp(), clock.TimestampAt(at, time.GetTimestamp())).TotalDays, -1100, 1100);
    }

    [Fact]
    public void A_time_of_the_store_is_found_as_a_timestamp()
    {
        Observe(Noon.AddHours(3));
        var now = time.GetTimestamp();
        Assert.Equal(now + 90 * time.TimestampFrequency, clock.TimestampAt(Noon.AddHours(3).AddSeconds(90), now));
        Assert.Equal(now - 90 * time.TimestampFrequency, clock.TimestampAt(Noon.AddHours(3).AddSeconds(-90), now));
    }

    private static DateTimeOffset Second(DateTimeOffset at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);

    private void Observe(DateTimeOffset storeTime) => clock.Observe(storeTime, time.GetTimestamp(), time.GetTimestamp());
}
