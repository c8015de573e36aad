using FunctionsMonitor.Flags;
using FunctionsMonitor.Live;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Tests.Http.Support;
using FunctionsMonitor.Tests.Live.Support;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Tests.Live;

/// <summary>Two instances of one app, each with its own memory, one buffer and one store, and a feed between them.</summary>
public sealed class FeedAdapterTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder folder = new();
    private readonly MemoryFeed feed = new();
    private readonly TestMonitor here;
    private readonly TestMonitor there;

    public FeedAdapterTests()
    {
        here = Start();
        there = Start();
    }

    private MonitoringBroadcaster Here => here.Get<MonitoringBroadcaster>();

    private MonitoringBroadcaster There => there.Get<MonitoringBroadcaster>();

    [Fact]
    public async Task A_subscriber_of_one_instance_sees_what_both_take_in()
    {
        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        await here.PostAsync(here.Event("from.here"));
        await there.PostAsync(there.Event("from.there"));

        var events = await subscription.TakeAsync(2);

        // Whoever listens to the channel needs no privilege for it, so nothing of an event is in it.
        Assert.StartsWith("S ", feed.Told, StringComparison.Ordinal);
        Assert.Equal(["from.here", "from.there"], events.Select(item => item.Item.Type).Order(StringComparer.Ordinal));
        var metrics = There.GetMetrics().Adapters.Single(adapter => adapter.Name == "realtime");
        Assert.Equal(("memory", LiveAdapterState.Live, 2, 0), (metrics.Transport, metrics.State, metrics.Received, metrics.Failures));
        Assert.Equal(CircuitState.Closed, metrics.Breaker!.State);
    }

    [Fact]
    public async Task Dual_delivers_the_own_events_at_once_and_each_event_once()
    {
        there.Flags.Set(FlagSchema.DualMode, true);
        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        await there.PostAsync(there.Event("from.there"));
        await here.PostAsync(here.Event("from.here"));

        var types = (await subscription.TakeAsync(2)).Select(item => item.Item.Type).Order(StringComparer.Ordinal);
        Assert.Equal(["from.here", "from.there"], types);
        await Eventually.TrueAsync(() => Task.FromResult(There.GetMetrics().Adapters.Sum(adapter => adapter.Received) == 3));
        Assert.False(subscription.TryTake(out _, out _));
        Assert.Equal(1, There.GetMetrics().Adapters.Sum(adapter => adapter.Duplicates));
    }

    [Fact]
    public async Task A_large_segment_is_fetched_from_the_buffer_and_from_the_store_once_it_was_flushed()
    {
        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        var large = here.Event("large", data: $$"""{"x":"{{new string('x', 100_000)}}"}""");
        await here.PostAsync($"[{large},{here.Event("small")}]");
        var events = await subscription.TakeAsync(2);
        Assert.Equal(["large", "small"], events.Select(item => item.Item.Type));
        Assert.Equal(100_000 + 8, events[0].Item.Data!.Value.Length);

        // What the notice of a flushed segment would find.
        await here.FlushAsync();
        var name = new FunctionsMonitor.Buffering.SegmentName(events[0].Item.SegmentId, Guid.NewGuid(), 1, 2, 2);
        var found = await new SegmentEvents(there.Get<FunctionsMonitor.Buffering.ISegmentStore>(), there.Get<FunctionsMonitor.Flushing.IMetricsQueries>()).ReadAsync(
            new(name, events[0].Item.Key.Timestamp, events[0].Item.Key.Timestamp, []), TestContext.Current.CancellationToken);
        Assert.Equal(["large", "small"], found.Select(item => item.Item.Type).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_a_segment_that_is_nowhere_the_subscribers_are_told_how_many_events_it_had()
    {
        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        var name = new FunctionsMonitor.Buffering.SegmentName(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Guid.NewGuid(), 1, 41, 41);
        await feed.NotifyAsync([$"S {name} 1 2"], TestContext.Current.CancellationToken);
        await here.PostAsync(here.Event());

        var lost = 0L;
        await Eventually.TrueAsync(() => Task.FromResult((lost += subscription.TakeAll().Lost) > 0));
        Assert.Equal(41, lost);
        Assert.Equal(41, There.GetMetrics().Adapters.Sum(adapter => adapter.Dropped));
    }

    [Fact]
    public async Task While_nobody_listens_anywhere_nothing_is_told_and_it_is_asked_once_an_interval()
    {
        for (var i = 0; i < 5; i++)
            await PostAsync();
        Assert.Equal((0, 1), (feed.Notified, feed.Asked));
        Assert.False(Here.IsListening);

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(Here.IsListening);
        await PostAsync();
        Assert.Equal((0, 2), (feed.Notified, feed.Asked));

        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        await PostAsync();
        Assert.Equal((1, 3), (feed.Notified, feed.Asked));
        Assert.Equal(0, Here.GetMetrics().Dropped);

        async Task PostAsync()
        {
            await here.PostAsync(here.Event());
            await Here.IdleAsync();
        }
    }

    [Fact]
    public async Task It_listens_only_while_somebody_subscribes_and_a_little_longer()
    {
        Assert.Equal(0, feed.Listeners);
        var subscription = There.Subscribe(default);
        await ConnectedAsync();
        subscription.Dispose();
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, feed.Listeners);
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => Task.FromResult(feed.Listeners == 0));

        using var again = There.Subscribe(default);
        await ConnectedAsync();
    }

    [Fact]
    public async Task It_stops_listening_when_flags_say_so_and_listens_again()
    {
        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        there.Flags.Set(FlagSchema.AdapterType, "websocket");
        await AdvanceUntilAsync(() => feed.Listeners == 0);
        there.Flags.Set(FlagSchema.AdapterType, "realtime");
        await AdvanceUntilAsync(() => feed.Listeners == 1);
    }

    [Fact]
    public async Task A_feed_that_is_down_opens_its_breaker_never_touches_ingest_and_is_found_again()
    {
        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        feed.Break();
        Assert.Equal(1, (await there.PostAsync(there.Event("lost"))).Accepted);
        await AdvanceUntilAsync(() => There.GetMetrics().Adapters.Single(adapter => adapter.Name == "realtime").Breaker!.State == CircuitState.Open);
        Assert.Equal(1, (await there.PostAsync(there.Event("lost"))).Accepted);
        await AdvanceUntilAsync(() => subscription.TryTake(out _, out var lost) && lost > 0);

        var broken = There.GetMetrics().Adapters.Single(adapter => adapter.Name == "realtime");
        Assert.True(broken is { State: LiveAdapterState.Connecting, Failures: > 0, Dropped: > 0, LastError: not null, LastErrorAt: not null });
        Assert.Equal(new("realtime", false), There.State);
        Assert.Contains(there.Get<PipelineRegistry>().List(), pipeline => pipeline.Name == "live-feed");

        Assert.Single(there.Get<FakeLogCollector>().GetSnapshot(), record => record.Id.Id == 1602);

        feed.Heal();
        await AdvanceUntilAsync(() => There.State.Connected);
        await AdvanceUntilAsync(() => There.GetMetrics().Adapters.Single(adapter => adapter.Name == "realtime").Breaker!.State != CircuitState.Open);
        await PostUntilSeenAsync(subscription);
    }

    [Fact]
    public async Task What_came_directly_is_not_called_lost_when_the_others_could_not_be_told()
    {
        there.Flags.Set(FlagSchema.DualMode, true);
        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        feed.Break();
        await there.PostAsync(there.Event());
        await AdvanceUntilAsync(() => There.GetMetrics().Adapters.Sum(adapter => adapter.Dropped) == 1);
        var (events, lost) = subscription.TakeAll();
        Assert.Single(events);
        Assert.Equal(0, lost);
    }

    [Fact]
    public async Task What_somebody_else_says_on_the_channel_is_counted_and_does_not_end_the_connection()
    {
        using var subscription = There.Subscribe(default);
        await ConnectedAsync();
        await feed.NotifyAsync(["nonsense", "E!", "S"], TestContext.Current.CancellationToken);
        await here.PostAsync(here.Event());
        await subscription.TakeAsync(1);
        Assert.Equal(3, There.GetMetrics().Adapters.Sum(adapter => adapter.Failures));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var monitor in (TestMonitor[])[here, there])
        {
            await monitor.Get<MonitoringBroadcaster>().StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
            await monitor.DisposeAsync();
        }

        Assert.Equal(0, feed.Listeners);
        folder.Dispose();
    }

    private TestMonitor Start() => new(folder.Path, services => services.AddSingleton<ILiveFeed>(feed), time: time);

    private Task ConnectedAsync() => Eventually.TrueAsync(() => Task.FromResult(There.State.Connected));

    private Task AdvanceUntilAsync(Func<bool> look) => Eventually.TrueAsync(() =>
    {
        time.Advance(TimeSpan.FromMilliseconds(500));
        return Task.FromResult(look());
    });

    /// <summary>The breaker may still be half open, and what it turns away is lost; so again until one comes through.</summary>
    private Task PostUntilSeenAsync(LiveSubscription subscription) => Eventually.TrueAsync(async () =>
    {
        time.Advance(TimeSpan.FromSeconds(1));
        await here.PostAsync(here.Event("after"));
        return subscription.TakeAll().Events.Any(item => item.Item.Type == "after");
    });
}
