using System.Globalization;
using System.Text.Json;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class MetricsEndpointsTests
{
    [Fact]
    [Answers(200, "GetValidationMetrics")]
    public async Task Validation_has_totals_by_event_type()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync($$"""[{{monitor.Event("orders")}},{{monitor.Event("orders")}},{"event_type":"orders","source":"s","timestamp":"2026-11-24T12:00:00Z"}]""");
        await monitor.IngestAsync(monitor.Event("logins", at: HttpMonitor.Start.AddHours(-2)));
        await monitor.FlushAsync();

        monitor.Time.Advance(TimeSpan.FromSeconds(30));
        var answer = await monitor.ReadAsync("/metrics/validation");
        Assert.Equal(["from", "to", "interval", "types"], answer.Members());
        Assert.Equal(
            ("2026-11-23T12:00:00.000000Z", "2026-11-24T12:01:00.000000Z", "raw"), (answer.Text("from"), answer.Text("to"), answer.Text("interval")));
        Assert.Equal(["logins", "orders"], answer.Items("types").Select(type => type.Text("event_type")!));
        var orders = answer.Items("types")[1];
        Assert.Equal(
            ["event_type", "total", "passed", "failed", "rejected", "pass_rate", "average_validation_time_us", "errors", "warnings"], orders.Members());
        Assert.Equal((3, 2, 1, 0), (orders.Number("total"), orders.Number("passed"), orders.Number("failed"), orders.Number("rejected")));
        Assert.Equal((1, 0), (orders.Number("errors"), orders.Number("warnings")));
        Assert.Equal(2.0 / 3, orders.GetProperty("pass_rate").GetDouble(), 9);
        Assert.Equal(JsonValueKind.Number, orders.GetProperty("average_validation_time_us").ValueKind);
    }

    [Theory]
    [InlineData("1m", "12:00:00 12:01:00 12:07:00 13:00:00")]
    [InlineData("5m", "12:00:00 12:05:00 13:00:00")]
    [InlineData("1h", "12:00:00 13:00:00")]
    public async Task An_interval_makes_a_series_of_buckets_that_adds_up_to_the_totals(string interval, string starts)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var minutes in (int[])[0, 1, 7, 60])
            await monitor.IngestAsync(monitor.Event("orders", at: HttpMonitor.Start.AddMinutes(minutes)));
        await monitor.FlushAsync();

        var answer = await monitor.ReadAsync($"/metrics/validation?interval={interval}&from=2026-11-24T12:00:00Z&to=2026-11-24T14:00:00Z");

        Assert.Equal(
            starts.Split(' '),
            answer.Items("series").Select(bucket => bucket.GetProperty("start").GetDateTimeOffset().ToString("HH:mm:ss", CultureInfo.InvariantCulture)));
        Assert.Equal(4, answer.Items("series").Sum(bucket => bucket.Number("total")));
        Assert.Equal(4, answer.Items("types").Single().Number("total"));
    }

    [Fact]
    [Answers(200, "GetAdapterMetrics")]
    public async Task The_adapters_are_labelled_with_the_instance()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["Flags:MONITORING_ADAPTER_TYPE"] = "websocket" });
        var answer = await monitor.ReadAsync("/metrics/adapter");
        Assert.Equal(
            [
                "instance", "since", "use_adapter", "adapter_type", "dual_mode", "running", "connections", "max_connections", "delivered", "dropped", "refused",
                "adapters",
            ],
            answer.Members());
        Assert.Equal(
            (monitor.Get<MonitorInstance>().Name, "2026-11-24T12:00:00.000000Z", "True", "websocket", "False"),
            (answer.Text("instance"), answer.Text("since"), answer.Text("use_adapter"), answer.Text("adapter_type"), answer.Text("dual_mode")));
    }

    [Fact]
    [Answers(200, "GetResilienceMetrics")]
    public async Task Resilience_lists_every_pipeline_with_its_counters()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        await monitor.FlushAsync();
        var answer = await monitor.ReadAsync("/metrics/resilience");

        Assert.Equal(["instance", "since", "pipelines"], answer.Members());
        Assert.Equal(["metrics-store", "metrics-store-read"], answer.Items("pipelines").Select(pipeline => pipeline.Text("name")!).Order());
        var write = answer.Items("pipelines").Single(pipeline => pipeline.Text("name") == "metrics-store");
        Assert.Equal(("closed", 0, 0), (write.GetProperty("breaker").Text("state"), write.Number("retries"), write.Number("failures")));
        Assert.True(write.Number("successes") > 0);
        Assert.Equal(write.Number("calls"), write.Number("attempts"));
        var breaker = write.GetProperty("breaker");
        Assert.Equal(("True", "known", 0), (breaker.Text("passing"), breaker.Text("store"), breaker.Number("break_count")));
        Assert.Empty(breaker.Items("transitions"));
        Assert.Empty(breaker.Items("votes"));
    }

    [Fact]
    [Answers(200, "GetLedger")]
    public async Task The_ledger_adds_up_whatever_became_of_the_events()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var (twice, changed) = (monitor.Event(), Guid.NewGuid());
        await monitor.IngestAsync($"[{twice},{twice},{monitor.Event(id: changed)},{monitor.Event(id: changed, data: "{}")}]");
        await monitor.FlushAsync();
        await monitor.IngestAsync(monitor.Event());

        var ledger = await monitor.ReadAsync("/metrics/ledger");

        Assert.Equal(
            [
                "balanced", "accepted", "unacknowledged", "stored", "duplicates", "dead_lettered", "expired", "pending", "quarantined", "missing", "gaps",
                "incarnations", "computed_at",
            ],
            ledger.Members());
        Assert.True(ledger.GetProperty("balanced").GetBoolean());
        Assert.Equal(
            (5, 2, 1, 1, 1, 0),
            (ledger.Number("accepted"), ledger.Number("stored"), ledger.Number("duplicates"), ledger.Number("dead_lettered"), ledger.Number("pending"),
             ledger.Number("missing")));
        var life = Assert.Single(ledger.Items("incarnations"));
        Assert.Equal((monitor.Get<MonitorInstance>().Incarnation, 2), (life.GetProperty("incarnation").GetGuid(), life.Number("last_number")));
    }

    [Fact]
    public async Task The_ledger_names_the_gap_of_a_segment_that_was_deleted_by_hand()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        for (var i = 0; i < 3; i++)
            await monitor.IngestAsync(monitor.Event());
        File.Delete(monitor.SegmentFiles[1]);

        var ledger = await monitor.ReadAsync("/metrics/ledger");

        Assert.False(ledger.GetProperty("balanced").GetBoolean());
        Assert.Equal((3, 1), (ledger.Number("accepted"), ledger.Number("missing")));
        var gap = Assert.Single(ledger.Items("gaps"));
        Assert.Equal((2, 2), (gap.Number("from_number"), gap.Number("to_number")));
    }

    [Fact]
    public async Task Validation_that_is_off_counts_events_and_judges_none()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.Flags.Set(FlagSchema.EnableValidation, false);
        await monitor.IngestAsync(monitor.Event("orders"));
        await monitor.FlushAsync();

        monitor.Time.Advance(TimeSpan.FromSeconds(30));
        var orders = (await monitor.ReadAsync("/metrics/validation")).Items("types").Single();
        Assert.Equal((1, 0, 0), (orders.Number("total"), orders.Number("passed"), orders.Number("failed")));
        Assert.Equal(JsonValueKind.Null, orders.GetProperty("pass_rate").ValueKind);
    }
}
