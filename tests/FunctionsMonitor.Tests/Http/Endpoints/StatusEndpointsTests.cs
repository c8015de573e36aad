using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class StatusEndpointsTests
{
    [Fact]
    [Answers(200, "GetStatus")]
    public async Task The_status_shows_the_instance_its_buffer_and_the_last_flush()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var before = await monitor.ReadAsync("/status");
        Assert.Equal(["version", "instance", "incarnation", "since", "uptime_seconds", "buffer", "idempotency"], before.Members());

        var flushed = await monitor.FlushAsync();
        await monitor.IngestAsync($"[{monitor.Event()},{monitor.Event()}]");
        monitor.Time.Advance(TimeSpan.FromSeconds(7));
        var status = await monitor.ReadAsync("/status");

        var instance = monitor.Get<MonitorInstance>();
        Assert.Equal(
            (instance.Name, instance.Incarnation.ToString(), "2026-11-24T12:00:00.000000Z", "7"),
            (status.Text("instance"), status.Text("incarnation"), status.Text("since"), status.Text("uptime_seconds")));
        Assert.StartsWith("0.1.0", status.Text("version"), StringComparison.Ordinal);
        var buffer = status.GetProperty("buffer");
        Assert.Equal(["segments", "events", "bytes", "oldest_at", "oldest_age_seconds", "measured_at", "over_cap"], buffer.Members());
        Assert.Equal(
            (1, 2, "7", "False"), (buffer.Number("segments"), buffer.Number("events"), buffer.Text("oldest_age_seconds"), buffer.Text("over_cap")));
        Assert.Equal(new FileInfo(Assert.Single(monitor.SegmentFiles)).Length, buffer.Number("bytes"));
        Assert.Equal(flushed.GetRawText(), status.GetProperty("last_flush").GetRawText());
    }

    [Fact]
    public async Task A_metrics_store_that_does_not_answer_leaves_the_rest_of_the_status()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.BreakMetricsStore();

        using var response = await monitor.GetAsync("/status").AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));

        var status = await response.ReadJsonAsync(System.Net.HttpStatusCode.OK);
        Assert.NotEmpty(status.Text("last_flush_error")!);
        Assert.Null(status.Text("last_flush"));
        Assert.Equal(0, status.GetProperty("buffer").Number("segments"));
    }
}
