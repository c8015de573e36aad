using System.Net;
using System.Text.Json;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class HealthEndpointsTests
{
    [Fact]
    public async Task A_breaker_that_is_isolated_shows_before_anything_fails_for_it_and_no_longer_than_it_is()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var name in (string[])["metrics-store", "metrics-store-read"])
        {
            using (await monitor.PostAsync($"/breakers/{name}/isolate"))
            {
            }

            Assert.Contains($"Breaker {name} is isolated by hand (manual)", (await DegradedAsync(monitor, "metrics-store")).Text("cause"), StringComparison.Ordinal);
            using (await monitor.PostAsync($"/breakers/{name}/reset"))
            {
            }
        }

        Assert.Equal("healthy", (await monitor.ReadAsync("/health")).Text("status"));
    }

    [Fact]
    [Answers(200, "GetHealth", "GetReadiness", "GetLiveness", "GetFlagsHealth")]
    public async Task A_healthy_instance_says_so_with_what_each_look_took()
    {
        await using var monitor = await HttpMonitor.StartAsync();

        var health = await monitor.ReadAsync("/health");
        Assert.Equal(["status", "since", "checks"], health.Members());
        Assert.Equal("healthy", health.Text("status"));
        Assert.Equal(["buffer", "flags", "flush", "metrics-store"], health.Items("checks").Select(check => check.Text("name")!).Order());
        Assert.All(health.Items("checks"), check => Assert.Equal(["name", "status", "duration_ms", "since"], check.Members()));

        Assert.Equal(["buffer"], (await monitor.ReadAsync("/health/ready")).Items("checks").Select(check => check.Text("name")!));
        Assert.Equal("""{"status":"healthy"}""", (await monitor.ReadAsync("/health/live")).GetRawText());
        var flags = await monitor.ReadAsync("/health/flags");
        Assert.StartsWith("""{"status":"healthy","violations":[],"problems":[],"flags":[{""", flags.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(["status", "violations", "problems", "flags"], flags.Members());
        Assert.Equal((await monitor.ReadAsync("/flags/status")).GetProperty("flags").GetRawText(), flags.GetProperty("flags").GetRawText());
    }

    [Fact]
    public async Task A_probe_may_add_parameters_of_its_own()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var path in (string[])["/health", "/health/live", "/health/ready", "/health/flags"])
            await monitor.ReadAsync(path + "?probe=1&probe=2");
    }

    [Fact]
    [Answers(503, "GetHealth", "GetReadiness")]
    public async Task An_unwritable_segment_store_is_unhealthy_from_the_first_refused_event_until_it_can_be_written()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        monitor.BreakSegmentStore();
        using (await monitor.PostAsync("/events", monitor.Event()))
        {
        }

        foreach (var path in (string[])["/health", "/health/ready"])
        {
            using var response = await monitor.GetAsync(path);
            var health = await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal("unhealthy", health.Text("status"));
            var buffer = Check(health, "buffer");
            Assert.Equal("unhealthy", buffer.Text("status"));
            Assert.Contains("cannot be written", buffer.Text("cause"), StringComparison.Ordinal);
        }

        Assert.Equal("healthy", (await monitor.ReadAsync("/health/live")).Text("status"));
        monitor.HealSegmentStore();
        Assert.Equal("healthy", (await monitor.ReadAsync("/health/ready")).Text("status"));
        Assert.Equal("healthy", (await monitor.ReadAsync("/health")).Text("status"));
    }

    [Fact]
    public async Task Over_the_cap_readiness_falls_until_a_flush()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Buffering:MaxAge"] = "00:01:00" });
        await monitor.IngestAsync(monitor.Event());
        monitor.Time.Advance(TimeSpan.FromMinutes(2));
        await monitor.Get<BufferDepthMonitor>().MeasureAsync(TestContext.Current.CancellationToken);

        using (var response = await monitor.GetAsync("/health/ready"))
            Assert.Contains("Over its cap", Check(await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable), "buffer").Text("cause"), StringComparison.Ordinal);

        await monitor.FlushAsync();
        Assert.Equal("healthy", (await monitor.ReadAsync("/health/ready")).Text("status"));
    }

    [Fact]
    public async Task A_quarantined_file_degrades_and_is_named_with_its_reason()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        await File.WriteAllTextAsync(Path.Combine(monitor.Folder, "segments", "holiday.jpg"), "no segment", TestContext.Current.CancellationToken);
        await monitor.FlushAsync();

        var flush = await DegradedAsync(monitor, "flush");
        Assert.Contains("holiday.jpg", flush.Text("cause"), StringComparison.Ordinal);
        Assert.Contains("The file name is not a segment's.", flush.Text("cause"), StringComparison.Ordinal);

        // Ingest is not concerned; and once somebody has taken the file away all is well again.
        Assert.Equal("healthy", (await monitor.ReadAsync("/health/ready")).Text("status"));
        Directory.Delete(Path.Combine(monitor.Folder, "quarantine"), recursive: true);
        Assert.Equal("healthy", (await monitor.ReadAsync("/health")).Text("status"));
    }

    [Fact]
    public async Task A_segment_of_a_newer_format_degrades_and_is_named_until_it_is_gone()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        var file = Assert.Single(monitor.SegmentFiles);
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[8]++;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        await monitor.FlushAsync();

        var flush = await DegradedAsync(monitor, "flush");
        Assert.Contains("newer format version", flush.Text("cause"), StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(file), flush.Text("cause"), StringComparison.Ordinal);

        File.Delete(file);
        await monitor.FlushAsync();
        Assert.Equal("healthy", (await monitor.ReadAsync("/health")).Text("status"));
    }

    [Fact]
    public async Task An_overdue_flush_degrades_after_three_intervals_and_not_before()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        monitor.Time.Advance(TimeSpan.FromSeconds(900));
        Assert.Equal("healthy", (await monitor.ReadAsync("/health")).Text("status"));

        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("overdue", (await DegradedAsync(monitor, "flush")).Text("cause"), StringComparison.Ordinal);

        await monitor.FlushAsync();
        Assert.Equal("healthy", (await monitor.ReadAsync("/health")).Text("status"));
    }

    [Fact]
    public async Task A_failed_flush_and_a_metrics_store_that_does_not_answer_degrade_and_pass()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.BreakMetricsStore();
        await monitor.IngestAsync(monitor.Event());
        using (await monitor.PostAsync("/metrics/flush").AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100)))
        {
        }

        Assert.Contains("The last flush failed", (await DegradedAsync(monitor, "flush")).Text("cause"), StringComparison.Ordinal);
        Assert.Contains("Events wait in the buffer", (await DegradedAsync(monitor, "metrics-store")).Text("cause"), StringComparison.Ordinal);
        Assert.Equal("healthy", (await monitor.ReadAsync("/health/ready")).Text("status"));

        monitor.HealMetricsStore();
        await monitor.FlushAsync();
        Assert.Equal("healthy", (await monitor.ReadAsync("/health")).Text("status"));
    }

    [Fact]
    public async Task Persistence_that_is_off_degrades()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Flags:MONITORING_METRICS_PERSISTENCE"] = "false" });
        Assert.Contains("MONITORING_METRICS_PERSISTENCE is off", (await DegradedAsync(monitor, "flush")).Text("cause"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/health/flags")]
    public async Task HEAD_is_answered_as_GET_is_without_the_body(string path)
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Buffering:MaxAge"] = "00:01:00" });
        foreach (var overCap in (bool[])[false, true])
        {
            await monitor.Get<BufferDepthMonitor>().MeasureAsync(TestContext.Current.CancellationToken);
            using var head = await monitor.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), TestContext.Current.CancellationToken);
            using var get = await monitor.GetAsync(path);
            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Equal("no-store", head.Headers.CacheControl?.ToString());
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            if (!overCap)
                await monitor.IngestAsync(monitor.Event());
            monitor.Time.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public async Task Broken_combinations_of_flags_and_values_that_cannot_be_used_are_listed()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new()
        {
            ["Flags:MONITORING_DUAL_MODE"] = "on",
            ["Flags:MONITORING_USE_ADAPTER"] = "off",
            ["Flags:MONITORING_VALIDATION_STRICT"] = "1",
            ["Flags:MONITORING_ENABLE_VALIDATION"] = "no",
            ["Flags:MONITORING_BATCH_SIZE"] = "many",
        });

        var health = await monitor.ReadAsync("/health/flags");

        Assert.Equal("degraded", health.Text("status"));
        Assert.Equal(["dual_mode_needs_adapter", "strict_needs_validation"], health.Items("violations").Select(violation => violation.Text("rule")!));
        Assert.Equal(
            ["MONITORING_DUAL_MODE", "MONITORING_USE_ADAPTER"], health.Items("violations")[0].Items("flags").Select(flag => flag.GetString()!));
        Assert.All(health.Items("violations"), violation => Assert.NotEmpty(violation.Text("message")!));
        Assert.Equal(3, health.Items("problems").Length);
        Assert.Contains(health.Items("problems"), problem => problem.GetString()!.Contains("'many'", StringComparison.Ordinal));
        Assert.Contains("MONITORING_BATCH_SIZE", (await DegradedAsync(monitor, "flags")).Text("cause"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> DegradedAsync(HttpMonitor monitor, string check)
    {
        var health = await monitor.ReadAsync("/health");
        Assert.Equal("degraded", health.Text("status"));
        var found = Check(health, check);
        Assert.Equal("degraded", found.Text("status"));
        return found;
    }

    private static JsonElement Check(JsonElement health, string name) => health.Items("checks").Single(check => check.Text("name") == name);
}
