using DurableCircuitBreaker.Counting;
using Microsoft.Extensions.Time.Testing;

namespace DurableCircuitBreaker.Tests.Counting;

public sealed class FailureRatioCounterTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Slice = Window / 10;
    private readonly FakeTimeProvider time = new();
    private readonly FailureRatioCounter counter;

    public FailureRatioCounterTests() => counter = new(0.5, minimumThroughput: 10, Window, time);

    [Fact]
    public void Below_the_minimum_throughput_nothing_opens()
    {
        for (var i = 0; i < 9; i++)
            Assert.False(counter.OnFailure());
        Assert.True(counter.OnFailure());
    }

    [Fact]
    public void The_share_decides_once_there_are_enough_calls()
    {
        Succeed(6);
        for (var i = 0; i < 5; i++)
            Assert.False(counter.OnFailure());
        // 6 of 12.
        Assert.True(counter.OnFailure());
    }

    [Fact]
    public void Successes_keep_it_closed()
    {
        Succeed(100);
        for (var i = 0; i < 99; i++)
            Assert.False(counter.OnFailure());
        Assert.True(counter.OnFailure());
    }

    [Fact]
    public void What_is_older_than_the_window_does_not_count()
    {
        Succeed(1000);
        time.Advance(Window);
        for (var i = 0; i < 9; i++)
            Assert.False(counter.OnFailure());
        Assert.True(counter.OnFailure());
    }

    [Fact]
    public void The_window_slides_by_a_tenth_of_it()
    {
        for (var i = 0; i < 9; i++)
            counter.OnFailure();
        time.Advance(9 * Slice);
        // The first slice still counts in the tenth.
        Assert.True(counter.OnFailure());
        time.Advance(Slice);
        // And no more in the eleventh: 1 and 1 are too few.
        Assert.False(counter.OnFailure());
    }

    [Fact]
    public void A_slice_that_is_used_again_begins_from_nothing()
    {
        Succeed(50);
        time.Advance(10 * Slice);
        Succeed(1);
        for (var i = 0; i < 8; i++)
            counter.OnFailure();
        // 9 of 10, the fifty of a window ago not among them.
        Assert.True(counter.OnFailure());
    }

    [Fact]
    public void A_reset_forgets_all()
    {
        for (var i = 0; i < 9; i++)
            counter.OnFailure();
        counter.Reset();
        Assert.False(counter.OnFailure());
    }

    [Fact]
    public void It_knows_of_no_runs()
    {
        counter.Seed(50, time.GetTimestamp());
        Assert.False(counter.OnFailure());
        Assert.Equal(0, counter.Run);
    }

    [Fact]
    public async Task Within_a_slice_results_of_many_threads_are_all_counted()
    {
        // The slice is claimed by the first result: from then on nothing may be lost.
        var many = new FailureRatioCounter(1, minimumThroughput: 800_002, Window, time);
        Assert.False(many.OnFailure());
        var reached = 0;
        await InParallelAsync(_ => Interlocked.Add(ref reached, many.OnFailure() ? 1 : 0), rounds: 200_000);
        Assert.Equal(0, reached);
        Assert.True(many.OnFailure());
    }

    [Fact]
    public async Task A_claim_in_the_midst_of_results_loses_at_most_what_came_in_that_moment()
    {
        // All threads meet at a slice that nobody has claimed yet and add one success each, so that each slice loses at most all but one of them.
        const int Threads = 4, Slices = 10;
        using var barrier = new Barrier(Threads, _ => time.Advance(Slice));
        await InParallelAsync(_ => { Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(30))); counter.OnSuccess(); }, Slices);

        // Between 10 and 40 successes are left; so many failures later, and no sooner than the fewest allow, they are half of all.
        var failures = 1;
        while (!counter.OnFailure())
            failures++;
        Assert.InRange(failures, Slices, Threads * Slices);
    }

    private static Task InParallelAsync(Action<int> action, int rounds) => Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Factory.StartNew(
        () =>
        {
            for (var i = 0; i < rounds; i++)
                action(thread);
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private void Succeed(int count)
    {
        for (var i = 0; i < count; i++)
            counter.OnSuccess();
    }
}
