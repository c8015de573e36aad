using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Live;
using FunctionsMonitor.Tests.Live.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Live;

public sealed class MonitoringBroadcasterTests
{
    [Theory]
    [InlineData("websocket")]
    [InlineData("realtime")]
    [InlineData("dual")]
    public async Task A_subscriber_sees_each_event_once_as_it_will_be_stored(string type)
    {
        await using var monitor = new TestMonitor();
        monitor.Flags.Set(FlagSchema.AdapterType, type);
        var broadcaster = monitor.Get<MonitoringBroadcaster>();
        using var subscription = broadcaster.Subscribe(default);

        await monitor.PostAsync($$"""[{{monitor.Event("orders", data: "{ \"é\":\n1.0 }")}},{"event_type":"","source":"s"}]""");

        var live = await subscription.TakeAsync(2);
        await broadcaster.IdleAsync();
        Assert.False(subscription.TryTake(out _, out _));
        await monitor.FlushAsync();
        var stored = await monitor.EventsAsync();
        Assert.Equal(stored.Select(Text).Order(StringComparer.Ordinal), live.Select(item => Text(item.Item)).Order(StringComparer.Ordinal));
        Assert.Equal(type == "dual" ? 2 : 0, broadcaster.GetMetrics().Adapters.Sum(adapter => adapter.Duplicates));
    }

    [Fact]
    public async Task While_nobody_subscribes_a_durable_segment_costs_no_allocation()
    {
        await using var monitor = new TestMonitor();
        var broadcaster = monitor.Get<MonitoringBroadcaster>();
        var name = new SegmentName(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Guid.NewGuid(), 1, 1, 1);
        var group = new SegmentGroup(0);
        group.Add(new PooledBytes(), 1, null);
        broadcaster.Offer(name, group);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            broadcaster.Offer(name, group);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1, group.Requests);

        // The measure measures: with a subscriber there is something to do.
        using var subscription = broadcaster.Subscribe(default);
        before = GC.GetAllocatedBytesForCurrentThread();
        broadcaster.Offer(name, group);
        Assert.NotEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, group.Requests);
        await broadcaster.IdleAsync();
    }

    [Fact]
    public async Task Flags_switch_adapters_while_it_runs()
    {
        await using var monitor = new TestMonitor();
        var broadcaster = monitor.Get<MonitoringBroadcaster>();
        using var subscription = broadcaster.Subscribe(default);
        async Task<string> RunAsync(string type)
        {
            await monitor.PostAsync(monitor.Event(type));
            await broadcaster.IdleAsync();
            var (events, lost) = subscription.TakeAll();
            Assert.Equal(0, lost);
            return string.Join(',', events.Select(item => item.Item.Type));
        }

        string Running() => string.Join(
            ',', broadcaster.GetMetrics().Adapters.Where(adapter => adapter.State != LiveAdapterState.Off).Select(adapter => adapter.Name));

        Assert.Equal(("one", "realtime", new("realtime", true)), (await RunAsync("one"), Running(), broadcaster.State));
        monitor.Flags.Set(FlagSchema.UseAdapter, false);
        Assert.Equal(("", "", new("none", false)), (await RunAsync("two"), Running(), broadcaster.State));
        monitor.Flags.Set(FlagSchema.UseAdapter, true);
        monitor.Flags.Set(FlagSchema.AdapterType, "websocket");
        Assert.Equal(("three", "websocket", new("websocket", true)), (await RunAsync("three"), Running(), broadcaster.State));
        monitor.Flags.Set(FlagSchema.DualMode, true);
        Assert.Equal(("four", "websocket,realtime", new("dual", true)), (await RunAsync("four"), Running(), broadcaster.State));

        // One and four, and three and four: each adapter had its own.
        Assert.Equal([2, 2], broadcaster.GetMetrics().Adapters.Select(adapter => adapter.Published));
    }

    [Fact]
    public async Task A_segment_there_is_no_room_for_is_dropped_told_and_counted_and_its_memory_given_back()
    {
        using var hub = LiveSamples.Hub();
        using var adapter = new GatedAdapter();
        var broadcaster = New(hub, adapter);
        using var subscription = hub.Subscribe(default);
        for (var i = 0; i < MonitoringBroadcaster.MaxWaitingSegments + 5; i++)
        {
            var group = Group();
            broadcaster.Offer(Name(count: 3), group);
            group.Succeed(Guid.NewGuid());
        }

        Assert.Equal((15, 15), (broadcaster.GetMetrics().Dropped, subscription.TakeAll().Lost));
        adapter.Open();
        await broadcaster.IdleAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(MonitoringBroadcaster.MaxWaitingSegments, adapter.Published);

        // And there is room again.
        broadcaster.Offer(Name(count: 3), Group());
        await broadcaster.IdleAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal((MonitoringBroadcaster.MaxWaitingSegments + 1, 15), (adapter.Published, broadcaster.GetMetrics().Dropped));
    }

    [Fact]
    public async Task An_adapter_that_throws_costs_its_events_and_neither_ingest_nor_the_next_ones()
    {
        var adapter = new ThrowingAdapter();
        await using var monitor = new TestMonitor(configure: services => services.AddSingleton(provider => New(
            provider.GetRequiredService<LiveHub>(), adapter, provider.GetRequiredService<FlagManager>())));
        var broadcaster = monitor.Get<MonitoringBroadcaster>();
        using var subscription = broadcaster.Subscribe(default);

        adapter.ThrowsWhenAsked = true;
        Assert.Equal(1, (await monitor.PostAsync(monitor.Event())).Accepted);
        adapter.ThrowsWhenAsked = false;
        Assert.Equal(1, (await monitor.PostAsync(monitor.Event())).Accepted);
        await broadcaster.IdleAsync();
        Assert.Equal((1, 1, 1), (adapter.Calls, subscription.TakeAll().Lost, broadcaster.GetMetrics().Dropped));
        await monitor.PostAsync(monitor.Event());
        await broadcaster.IdleAsync();
        Assert.Equal(2, adapter.Calls);
    }

    private static MonitoringBroadcaster New(LiveHub hub, ILiveAdapter realtime, FlagManager? flags = null) => new(
        hub, new InstanceAdapter("websocket", hub, TimeProvider.System), realtime,
        flags ?? new FlagManager([], TimeProvider.System, NullLogger<FlagManager>.Instance), Options.Create(new LiveOptions()),
        NullLogger<MonitoringBroadcaster>.Instance);

    private static SegmentName Name(int count) => new(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Guid.NewGuid(), 1, count, count);

    private static SegmentGroup Group()
    {
        var group = new SegmentGroup(0);
        group.Add(new PooledBytes(), 3, null);
        return group;
    }

    private static string Text(FunctionsMonitor.Flushing.StoredEvent item) =>
        $"{item.Key} {item.ReceivedAt} {item.Type} {item.Source} {item.Marks} {item.SegmentId} {Json(item.Data)} {Json(item.Metadata)} {Json(item.Issues)}";

    private static string Json(ReadOnlyMemory<byte>? json) => json is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "-";

    /// <summary>Takes nothing before it is opened.</summary>
    private sealed class GatedAdapter : ILiveAdapter, IDisposable
    {
        private readonly ManualResetEventSlim gate = new();

        public bool IsListening => true;

        public int Published { get; private set; }

        public void Open() => gate.Set();

        public void Publish(LiveSegment segment)
        {
            Assert.True(gate.Wait(TimeSpan.FromSeconds(30)));
            Published++;
        }

        public LiveAdapterMetrics GetMetrics() => new AdapterCounters(TimeProvider.System).ToMetrics("realtime", "test", LiveAdapterState.Live);

        public void Dispose() => gate.Dispose();
    }

    private sealed class ThrowingAdapter : ILiveAdapter
    {
        public bool ThrowsWhenAsked { get; set; }

        public int Calls { get; private set; }

        public bool IsListening => ThrowsWhenAsked ? throw new InvalidOperationException("asked") : true;

        public void Publish(LiveSegment segment)
        {
            Calls++;
            throw new InvalidOperationException("published");
        }

        public LiveAdapterMetrics GetMetrics() => new AdapterCounters(TimeProvider.System).ToMetrics("realtime", "test", LiveAdapterState.Live);
    }
}
