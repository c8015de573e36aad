using FunctionsMonitor.Live;
using FunctionsMonitor.Tests.Live.Support;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Live;

public sealed class LiveHubTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void An_event_is_delivered_once_whichever_way_it_comes()
    {
        using var hub = LiveSamples.Hub();
        using var subscription = hub.Subscribe(default);
        var id = Guid.NewGuid();
        Assert.True(hub.Publish(LiveSamples.Event(id: id, at: 5)));
        Assert.False(hub.Publish(LiveSamples.Event(id: id, at: 5)));
        // Identity is both: another time is another event.
        Assert.True(hub.Publish(LiveSamples.Event(id: id, at: 6)));
        Assert.Equal(2, subscription.TakeAll().Events.Count);
    }

    [Fact]
    public void What_it_remembers_is_bounded()
    {
        using var hub = LiveSamples.Hub(new() { QueueEvents = 10 });
        using var subscription = hub.Subscribe(default);
        for (var i = 0; i < LiveHub.RememberedKeys + 100; i++)
            hub.Publish(LiveSamples.Event(at: i));
        Assert.Equal((10, LiveHub.RememberedKeys), (hub.Remembered.Events, hub.Remembered.Keys));
    }

    [Fact]
    public void The_subscriber_over_the_limit_is_refused_until_one_leaves()
    {
        using var hub = LiveSamples.Hub(new() { MaxSubscribers = 2 });
        using var first = hub.Subscribe(default);
        var second = hub.Subscribe(default);
        Assert.Throws<TooManySubscribersException>(() => hub.Subscribe(default));
        Assert.Equal((2, 1), (hub.Connections, hub.Refused));

        second.Dispose();
        second.Dispose();
        using var third = hub.Subscribe(default);
        Assert.Equal(2, hub.Connections);
    }

    [Fact]
    public void It_listens_a_little_longer_than_its_last_subscriber_stays_and_then_forgets_everything()
    {
        using var hub = LiveSamples.Hub(new() { Linger = TimeSpan.FromSeconds(30) }, time);
        var changes = new List<bool>();
        hub.ActivityChanged += () => changes.Add(hub.IsActive);
        Assert.False(hub.IsActive);

        var subscription = hub.Subscribe(default);
        hub.Publish(LiveSamples.Event());
        subscription.Dispose();
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(hub.IsActive);
        hub.Publish(LiveSamples.Event());
        Assert.Equal(2, hub.Remembered.Events);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, (0, 0L, 0)), (hub.IsActive, hub.Remembered));
        Assert.False(hub.Publish(LiveSamples.Event()));
        Assert.Equal([true, false], changes);
    }

    [Fact]
    public void One_who_comes_back_in_time_keeps_it_listening()
    {
        using var hub = LiveSamples.Hub(new() { Linger = TimeSpan.FromSeconds(30) }, time);
        hub.Subscribe(default).Dispose();
        time.Advance(TimeSpan.FromSeconds(20));
        using var back = hub.Subscribe(default);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(hub.IsActive);
    }

    [Fact]
    public void Of_a_loss_everybody_is_told()
    {
        using var hub = LiveSamples.Hub();
        using var one = hub.Subscribe(default);
        using var other = hub.Subscribe(new("cpu", null));
        hub.Lose(3);
        Assert.Equal((3, 3), (one.TakeAll().Lost, other.TakeAll().Lost));
    }
}
