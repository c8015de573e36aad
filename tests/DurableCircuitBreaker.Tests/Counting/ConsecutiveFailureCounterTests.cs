using DurableCircuitBreaker.Counting;
using Microsoft.Extensions.Time.Testing;

namespace DurableCircuitBreaker.Tests.Counting;

public sealed class ConsecutiveFailureCounterTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private readonly FakeTimeProvider time = new();
    private readonly ConsecutiveFailureCounter counter;

    public ConsecutiveFailureCounterTests() => counter = new(threshold: 3, Window, time);

    [Fact]
    public void The_threshold_is_reached_by_that_many_failures_in_a_row()
    {
        Assert.False(counter.OnFailure());
        Assert.False(counter.OnFailure());
        Assert.True(counter.OnFailure());
        Assert.Equal(3, counter.Run);
    }

    [Fact]
    public void A_success_ends_the_run()
    {
        Fail(2);
        counter.OnSuccess();
        Assert.Equal(0, counter.Run);
        Assert.False(counter.OnFailure());
    }

    [Fact]
    public void A_run_goes_on_while_each_failure_is_within_the_window_of_the_one_before()
    {
        Fail(1);
        time.Advance(Window - Tick);
        Fail(1);
        time.Advance(Window - Tick);
        Assert.True(counter.OnFailure());
    }

    [Fact]
    public void A_run_to_which_nothing_is_added_for_the_window_is_over()
    {
        Fail(2);
        time.Advance(Window);
        Assert.False(counter.OnFailure());
        Assert.Equal(1, counter.Run);
    }

    [Fact]
    public void The_time_of_a_run_is_that_of_its_last_failure()
    {
        Fail(1);
        time.Advance(TimeSpan.FromSeconds(5));
        Fail(1);
        var last = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(last, counter.RunAt);
    }

    [Fact]
    public void A_seed_goes_on_from_what_another_life_has_seen()
    {
        counter.Seed(2, time.GetTimestamp());
        Assert.Equal(2, counter.Run);
        Assert.True(counter.OnFailure());
    }

    [Fact]
    public void A_seed_alone_never_reaches_the_threshold()
    {
        counter.Seed(100, time.GetTimestamp());
        Assert.Equal(2, counter.Run);
    }

    [Fact]
    public void A_seed_is_as_old_as_its_last_failure()
    {
        time.Advance(TimeSpan.FromSeconds(1));
        // Before this process began: timestamps may be negative.
        counter.Seed(2, time.GetTimestamp() - time.TimestampFrequency * 59);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(counter.OnFailure());
    }

    [Fact]
    public void Failures_before_the_seed_are_its_continuation()
    {
        var at = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(1));
        Fail(1);
        var own = time.GetTimestamp();
        counter.Seed(1, at);
        Assert.Equal(2, counter.Run);
        Assert.Equal(own, counter.RunAt);
        Assert.True(counter.OnFailure());
    }

    [Fact]
    public void A_seed_after_a_success_has_no_effect()
    {
        counter.OnSuccess();
        counter.Seed(2, time.GetTimestamp());
        Assert.Equal(0, counter.Run);
    }

    [Fact]
    public void A_seed_after_a_reset_has_no_effect()
    {
        Fail(3);
        counter.Reset();
        counter.Seed(2, time.GetTimestamp());
        Assert.Equal(0, counter.Run);
    }

    [Fact]
    public async Task Failures_of_many_threads_are_all_counted()
    {
        var many = new ConsecutiveFailureCounter(40_000, Window, time);
        var reached = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                Interlocked.Add(ref reached, many.OnFailure() ? 1 : 0);
        })));
        Assert.Equal(40_000, many.Run);
        Assert.Equal(1, reached);
    }

    private void Fail(int count)
    {
        for (var i = 0; i < count; i++)
            counter.OnFailure();
    }
}
