using System.Text;
using DurableCircuitBreaker.Coordination;
using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>The defects that simulations have found, each as the shortest sequence of events that shows it.</summary>
public sealed class ScenarioTests
{
    private readonly BreakerFixture fixture = new();

    [Fact]
    public async Task A_sick_host_does_not_win_every_second_probe()
    {
        var well = fixture.Build("well");
        var sick = fixture.Build("sick");
        await well.FailAsync(5);
        fixture.Advance(60);
        await sick.FailAsync();
        fixture.Advance(120);
        await well.SucceedAsync();
        Assert.Equal((CircuitState.HalfOpen, 1), (well.Current.State, well.Current.Successes));
        // The lease is free again, but the host whose probe failed the last time waits.
        fixture.Advance(5);
        await sick.BeRejectedAsync();
        await well.SucceedAsync();
        Assert.Equal(CircuitState.Closed, well.Current.State);
    }

    [Fact]
    public async Task A_vote_that_waited_for_the_store_longer_than_its_window_is_void()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        fixture.Store.Fault = new IOException("down");
        await instance.FailAsync(5);
        fixture.Advance(120);
        fixture.Store.Fault = null;
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
        Assert.Empty(instance.Current.Votes);
    }

    [Fact]
    public async Task A_vote_that_waited_for_the_store_is_as_old_as_the_failures()
    {
        var instance = fixture.Build(change: options => options.Quorum = 2);
        await instance.SucceedAsync();
        var failedAt = fixture.Time.GetUtcNow();
        fixture.Store.Fault = new IOException("down");
        await instance.FailAsync(5);
        fixture.Advance(50);
        fixture.Store.Fault = null;
        await instance.BeRejectedAsync();
        Assert.Equal(failedAt, Assert.Single(instance.Current.Votes).At);
    }

    [Fact]
    public void A_lease_is_counted_from_the_latest_that_the_stores_time_may_be()
    {
        var clock = new StoreClock(fixture.Time);
        // Cut to the second, and three seconds on its way.
        var sent = fixture.Time.GetTimestamp();
        fixture.Advance(3);
        clock.Observe(Breakers.Noon, sent, fixture.Time.GetTimestamp());
        var now = fixture.Time.GetTimestamp();
        Assert.Equal(Breakers.Noon, clock.At(now));
        Assert.Equal(Breakers.Noon.AddSeconds(4), clock.LatestAt(now));
        // The next answer narrows it: both must be true.
        fixture.Advance(10);
        now = fixture.Time.GetTimestamp();
        clock.Observe(Breakers.Noon.AddSeconds(13), now, now);
        Assert.Equal((Breakers.Noon.AddSeconds(13), Breakers.Noon.AddSeconds(14)), (clock.At(now), clock.LatestAt(now)));
        Assert.Equal(fixture.Time.ToTimestamps(TimeSpan.FromSeconds(6)), clock.EarliestTimestampAt(Breakers.Noon.AddSeconds(20), now) - now);
    }

    [Fact]
    public async Task A_lease_whose_bid_was_given_up_is_used_once_a_refresh_tells_of_it()
    {
        // Not at once on its own account.
        var instance = fixture.Build(change: options => options.Randomizer = static () => 0.9);
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.Control.ReadAsync(TestContext.Current.CancellationToken);
        // Applied, the answer lost; and then the store says nothing for a while.
        fixture.Store.LostAnswers = 1;
        fixture.Store.BeforeWrite = () => fixture.Store.ReadFault = new IOException("down");
        await instance.BeRejectedAsync();
        Assert.Equal(StoreKnowledge.Unavailable, instance.Current.Store);
        fixture.Store.BeforeWrite = null;
        fixture.Store.ReadFault = null;
        await instance.Control.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(CircuitState.HalfOpen, instance.Current.State);
        await instance.SucceedAsync();
        Assert.Equal(1, instance.Current.Successes);
    }

    [Fact]
    public async Task A_reset_of_something_unreadable_starts_past_every_number_that_others_know()
    {
        var one = fixture.Build();
        await one.FailAsync(5);
        var epoch = one.Current.Epoch;
        await fixture.Store.PutAsync(BreakerFixture.Name, Encoding.UTF8.GetBytes("garbage"));
        // This one has seen nothing but the garbage.
        var other = fixture.Build("b");
        await other.Control.ResetAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(other.Current.Epoch > epoch);
        Assert.Equal(fixture.Time.GetUtcNow(), other.Current.ClosedAt);
        fixture.Advance(5);
        await one.SucceedAsync();
        Assert.Equal(other.Current.Epoch, one.Current.Epoch);
    }

    [Fact]
    public async Task A_reset_by_an_instance_that_saw_only_garbage_tells_the_stores_time()
    {
        fixture.Store.ClockOffset = TimeSpan.FromDays(1);
        await fixture.Store.PutAsync(BreakerFixture.Name, Encoding.UTF8.GetBytes("garbage"));
        var instance = fixture.Build();
        await instance.Control.ResetAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(fixture.Time.GetUtcNow().AddDays(1), instance.Current.ClosedAt);
    }

    [Fact]
    public async Task Everyone_who_shares_work_goes_on_on_the_thread_that_ended_it()
    {
        var source = new TaskCompletionSource();
        var work = new SharedWork(() => source.Task, goesOnInline: true);
        var order = new List<(int, int)>();
        var waiting = Enumerable.Range(0, 3).Select(WaitAsync).ToList();
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        source.SetResult();
        SynchronizationContext.SetSynchronizationContext(context);
        // Not one of them is still to come from the thread pool.
        Assert.Equal([(0, Environment.CurrentManagedThreadId), (1, Environment.CurrentManagedThreadId), (2, Environment.CurrentManagedThreadId)], order);
        await Task.WhenAll(waiting);

        async Task WaitAsync(int number)
        {
            await work.RunAsync().ConfigureAwait(false);
            order.Add((number, Environment.CurrentManagedThreadId));
        }
    }

    [Fact]
    public async Task What_comes_in_while_shared_work_ends_is_not_forgotten()
    {
        var runs = 0;
        var again = false;
        SharedWork? work = null;
        work = new SharedWork(
            () =>
            {
                again = false;
                // Somebody comes just now, after this run has looked at what there is to do.
                if (++runs == 1)
                {
                    again = true;
                    _ = work!.RunAsync();
                }

                return Task.CompletedTask;
            },
            goesOnInline: true,
            () => again);
        await work.RunAsync();
        Assert.Equal(2, runs);
    }
}
