using System.Collections.Concurrent;
using System.Diagnostics;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Telemetry;

namespace FunctionsMonitor.Tests.Telemetry;

public sealed class FlushTraceTests : IAsyncDisposable
{
    private readonly TestMonitor monitor = new();
    private readonly ConcurrentQueue<Activity> ended = [];
    private readonly ActivityListener listener;

    public FlushTraceTests()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MonitorTraces.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
    }

    [Fact]
    public async Task A_flush_is_linked_to_the_requests_whose_events_it_writes()
    {
        var (first, second) = (await PostTracedAsync(), await PostTracedAsync());

        var report = await monitor.FlushAsync();

        var flush = TraceOf(report);
        Assert.Equal([first, second], flush.Links.Select(link => link.Context.TraceId));
        Assert.Equal((2L, "sqlite"), (flush.GetTagItem("functionsmonitor.flush.events"), flush.GetTagItem("functionsmonitor.flush.path")));
    }

    [Fact]
    public async Task A_flush_of_very_many_segments_links_to_the_first_128()
    {
        for (var i = 0; i < 130; i++)
            await PostTracedAsync();

        Assert.Equal(128, TraceOf(await monitor.FlushAsync()).Links.Count());
    }

    public ValueTask DisposeAsync()
    {
        listener.Dispose();
        return monitor.DisposeAsync();
    }

    private async Task<ActivityTraceId> PostTracedAsync()
    {
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        await monitor.PostAsync(monitor.Event());
        return request.TraceId;
    }

    /// <summary>Other tests flush at the same time, and the source is everybody's.</summary>
    private Activity TraceOf(FlushReport report) => Assert.Single(ended, one => Equals(one.GetTagItem("functionsmonitor.flush.id"), report.FlushId));
}
