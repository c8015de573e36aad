using System.Net;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class FlushEndpointsTests
{
    [Fact]
    [Answers(200, "Flush", "ListFlushes")]
    public async Task A_flush_reports_what_it_did_and_is_listed_newest_first()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync($"[{monitor.Event()},{monitor.Event()}]");
        var first = await monitor.FlushAsync();
        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await monitor.FlushAsync();

        Assert.Equal(
            [
                "flush_id", "trigger", "started_at", "duration_ms", "instance", "outcome", "path", "segments", "events", "stored", "duplicates",
                "dead_lettered", "expired", "retries", "quarantined", "passed_over", "notes",
            ],
            first.Members());
        Assert.Equal(
            ("manual", "2026-11-24T12:00:00.000000Z", "completed", "sqlite", 1, 2, 2),
            (first.Text("trigger"), first.Text("started_at"), first.Text("outcome"), first.Text("path"), first.Number("segments"), first.Number("events"),
             first.Number("stored")));
        Assert.Equal("empty", second.Text("outcome"));

        Assert.Equal(
            [second.GetRawText(), first.GetRawText()], (await monitor.ReadAsync("/metrics/flush")).Items().Select(flush => flush.GetRawText()));
        Assert.Equal(second.GetRawText(), (await monitor.ReadAsync("/metrics/flush?limit=1")).Items().Single().GetRawText());
    }

    [Fact]
    [Answers(409, "Flush")]
    public async Task While_a_flush_runs_another_one_is_refused_and_told_its_id()
    {
        GatedFlagSource? gate = null;
        await using var monitor = await HttpMonitor.StartAsync(services =>
            services.AddSingleton<IFlagSource>(provider => gate = new GatedFlagSource(provider.GetRequiredService<TimeProvider>())));
        gate!.Close();
        var running = monitor.PostAsync("/metrics/flush");
        await gate.Entered;

        using var refused = await monitor.PostAsync("/metrics/flush");
        var problem = await refused.ReadProblemAsync(ProblemTypes.FlushInProgress);
        gate.Open();

        using var done = await running;
        Assert.Equal((await done.ReadJsonAsync(HttpStatusCode.OK)).Text("flush_id"), problem.Text("flush_id"));
        await monitor.FlushAsync();
    }

    [Fact]
    public async Task A_caller_that_leaves_does_not_end_the_flush()
    {
        GatedFlagSource? gate = null;
        await using var monitor = await HttpMonitor.StartAsync(services =>
            services.AddSingleton<IFlagSource>(provider => gate = new GatedFlagSource(provider.GetRequiredService<TimeProvider>())));
        await monitor.IngestAsync(monitor.Event());
        gate!.Close();
        using var leave = new CancellationTokenSource();
        var running = monitor.Client.PostAsync("/metrics/flush", null, leave.Token);
        await gate.Entered;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        gate.Open();

        await Eventually.TrueAsync(async () => (await monitor.ReadAsync("/operations")).Items().Length == 1);
        Assert.StartsWith("completed", (await monitor.ReadAsync("/operations")).Items().Single().Text("outcome"), StringComparison.Ordinal);
        Assert.Single((await monitor.ReadAsync("/events")).Items());
    }

    [Fact]
    [Answers(503, "Flush")]
    public async Task A_flush_that_fails_is_a_503_with_its_report_and_keeps_the_segments()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.BreakMetricsStore();
        await monitor.IngestAsync(monitor.Event());

        using var failed = await monitor.PostAsync("/metrics/flush").AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));

        var problem = await failed.ReadProblemAsync(ProblemTypes.FlushFailed);
        Assert.Equal("failed", problem.GetProperty("report").Text("outcome"));
        Assert.Equal(problem.Text("flush_id"), problem.GetProperty("report").Text("flush_id"));
        Assert.Single(monitor.SegmentFiles);
        Assert.StartsWith("failed", (await monitor.ReadAsync("/operations")).Items().Single().Text("outcome"), StringComparison.Ordinal);

        monitor.HealMetricsStore();
        Assert.Equal(1, (await monitor.FlushAsync()).Number("stored"));
    }

    [Fact]
    public async Task With_persistence_off_a_flush_says_that_it_did_nothing()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Flags:MONITORING_METRICS_PERSISTENCE"] = "off" });
        await monitor.IngestAsync(monitor.Event());
        Assert.Equal("disabled", (await monitor.FlushAsync()).Text("outcome"));
        Assert.Single(monitor.SegmentFiles);
    }
}
