using FunctionsMonitor.Live;
using FunctionsMonitor.Tests.Live.Support;

namespace FunctionsMonitor.Tests.Live;

public sealed class LiveResumeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_instance_remembers_comes_without_the_store_and_nothing_twice()
    {
        await using var monitor = new TestMonitor();
        var broadcaster = monitor.Get<MonitoringBroadcaster>();
        var first = broadcaster.Subscribe(default);
        await PostAsync(monitor, "a", "b", "c");
        var seen = await first.TakeAsync(1);
        first.Dispose();
        await PostAsync(monitor, "d");
        await broadcaster.IdleAsync();

        using var back = broadcaster.Subscribe(new(null, "tests"));
        await PostAsync(monitor, "e");
        var backlog = await monitor.Get<LiveResume>().ReadAsync(back, seen[0].Id.ToString(), Token);

        Assert.Equal(("b,c,d", true), (Types(backlog), backlog.Complete));
        Assert.Equal(["e"], (await back.TakeAsync(1)).Select(item => item.Item.Type));
        Assert.Empty(Directory.GetFiles(monitor.Folder, "metrics.db"));
    }

    [Fact]
    public async Task Another_instance_finds_it_in_the_store_from_the_last_seen_on_and_the_filter_holds()
    {
        await using var monitor = new TestMonitor();
        await PostAsync(monitor, "after", "seen", "after", "other", "after");
        await monitor.FlushAsync();
        var seen = (await monitor.EventsAsync()).Single(item => item.Type == "seen");
        using var back = monitor.Get<MonitoringBroadcaster>().Subscribe(new("after", null));

        var backlog = await monitor.Get<LiveResume>().ReadAsync(back, new LiveEvent(seen).Id.ToString(), Token);

        Assert.Equal(("after,after", true), (Types(backlog), backlog.Complete));
        Assert.True(backlog.Events[0].Item.ReceivedAt < backlog.Events[1].Item.ReceivedAt);
    }

    [Fact]
    public async Task What_is_in_the_backlog_does_not_come_out_of_the_queue_too()
    {
        await using var monitor = new TestMonitor();
        await PostAsync(monitor, "seen");
        await monitor.FlushAsync();
        var seen = Assert.Single(await monitor.EventsAsync());
        using var back = monitor.Get<MonitoringBroadcaster>().Subscribe(default);
        await PostAsync(monitor, "both");
        await monitor.Get<MonitoringBroadcaster>().IdleAsync();
        await monitor.FlushAsync();

        var backlog = await monitor.Get<LiveResume>().ReadAsync(back, new LiveEvent(seen).Id.ToString(), Token);

        Assert.Equal("both", Types(backlog));
        Assert.Empty(back.TakeAll().Events);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    [InlineData(0, false)]
    public async Task Of_more_than_it_may_send_the_newest_come_and_it_says_that_some_are_missing(int limit, bool complete)
    {
        await using var monitor = new TestMonitor(settings: new() { ["Live:ResumeEvents"] = $"{limit}" });
        await PostAsync(monitor, "1", "2", "3");
        await monitor.FlushAsync();
        using var back = monitor.Get<MonitoringBroadcaster>().Subscribe(default);

        var backlog = await monitor.Get<LiveResume>().ReadAsync(back, new LiveEventId(1, Guid.NewGuid()).ToString(), Token);

        Assert.Equal((string.Join(',', new[] { "1", "2", "3" }[^limit..]), complete), (Types(backlog), backlog.Complete));
    }

    [Fact]
    public async Task A_store_that_is_down_and_a_place_that_is_none_cost_the_backlog_and_nothing_else()
    {
        await using var monitor = new TestMonitor();
        using var back = monitor.Get<MonitoringBroadcaster>().Subscribe(default);
        Assert.Equal(new LiveBacklog([], false).Complete, (await monitor.Get<LiveResume>().ReadAsync(back, "nonsense\nid: 7", Token)).Complete);

        Directory.CreateDirectory(Path.Combine(monitor.Folder, "metrics.db"));
        var reading = monitor.Get<LiveResume>().ReadAsync(back, new LiveEventId(1, Guid.NewGuid()).ToString(), Token).AsTask();
        var backlog = await reading.AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));
        Assert.Equal(("", false), (Types(backlog), backlog.Complete));
    }

    private static async Task PostAsync(TestMonitor monitor, params string[] types)
    {
        foreach (var type in types)
        {
            monitor.Time.Advance(TimeSpan.FromMilliseconds(10));
            await monitor.PostAsync(monitor.Event(type));
        }
    }

    private static string Types(LiveBacklog backlog) => string.Join(',', backlog.Events.Select(item => item.Item.Type));
}
