using FunctionsMonitor.Live;
using FunctionsMonitor.Tests.Live.Support;

namespace FunctionsMonitor.Tests.Live;

public sealed class LiveSubscriptionTests
{
    [Fact]
    public void A_slow_subscriber_loses_the_oldest_and_is_told_how_many_before_the_next_one()
    {
        using var hub = LiveSamples.Hub(new() { QueueEvents = 3 });
        using var subscription = hub.Subscribe(default);
        var sent = Enumerable.Range(0, 10).Select(_ => LiveSamples.Event()).ToList();
        sent.ForEach(item => hub.Publish(item));

        Assert.True(subscription.TryTake(out var first, out var lost));
        Assert.Equal((sent[7], 7), (first, lost));
        Assert.True(subscription.TryTake(out var second, out lost));
        Assert.Equal((sent[8], 0), (second, lost));
        Assert.Equal((1, 7), (subscription.TakeAll().Events.Count, hub.Dropped));
        Assert.False(subscription.TryTake(out _, out _));
        Assert.Equal(3, hub.Delivered);
    }

    [Fact]
    public void Large_events_fill_the_queue_by_their_bytes_and_one_that_is_larger_than_it_still_comes()
    {
        using var hub = LiveSamples.Hub(new() { QueueBytes = 64 * 1024 });
        using var subscription = hub.Subscribe(default);
        for (var i = 0; i < 100; i++)
            hub.Publish(LiveSamples.Event(bytes: 10_000));
        Assert.InRange(subscription.Waiting.Bytes, 1, 64 * 1024);
        Assert.InRange(hub.Remembered.Bytes, 1, 64 * 1024);
        Assert.Equal((6, 94), (subscription.TakeAll() is var (events, lost) ? events.Count : 0, hub.Dropped));

        hub.Publish(LiveSamples.Event(bytes: 200_000));
        Assert.Single(subscription.TakeAll().Events);
        Assert.Equal((0, 0), subscription.Waiting);
    }

    [Fact]
    public void A_subscriber_gets_what_its_filter_names_and_the_rest_takes_no_room()
    {
        using var hub = LiveSamples.Hub(new() { QueueEvents = 1 });
        using var both = hub.Subscribe(new("cpu", "web-1"));
        using var type = hub.Subscribe(new("cpu", null));
        using var source = hub.Subscribe(new(null, "web-1"));
        var wanted = LiveSamples.Event("cpu", "web-1");
        hub.Publish(wanted);
        hub.Publish(LiveSamples.Event("CPU", "web-2"));
        hub.Publish(LiveSamples.Event("disk", "web-2"));

        foreach (var subscription in (LiveSubscription[])[both, type, source])
        {
            var (events, lost) = subscription.TakeAll();
            Assert.Equal([wanted], events);
            Assert.Equal(0, lost);
        }
    }

    [Fact]
    public async Task A_wait_ends_with_the_next_event_with_a_loss_and_with_a_wake_and_never_before()
    {
        using var hub = LiveSamples.Hub();
        using var subscription = hub.Subscribe(default);
        foreach (var happens in (Action[])[() => hub.Publish(LiveSamples.Event()), () => hub.Lose(2), subscription.Wake])
        {
            var wait = subscription.WaitAsync(TestContext.Current.CancellationToken).AsTask();
            Assert.False(wait.IsCompleted);
            happens();
            await wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, subscription.TakeAll().Lost);
    }

    [Fact]
    public async Task A_wait_ends_when_its_caller_leaves()
    {
        using var hub = LiveSamples.Hub();
        using var subscription = hub.Subscribe(default);
        using var leaving = new CancellationTokenSource();
        var wait = subscription.WaitAsync(leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
