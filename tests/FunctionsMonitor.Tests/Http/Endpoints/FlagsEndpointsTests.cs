using System.Text.Json;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class FlagsEndpointsTests
{
    [Fact]
    [Answers(200, "GetFlags")]
    public async Task Every_flag_is_shown_with_its_value_and_where_it_comes_from()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new()
        {
            ["Flags:MONITORING_BATCH_SIZE"] = "7",
            ["Flags:MONITORING_TIMEOUT_MS"] = "soon",
        });
        monitor.Time.Advance(TimeSpan.FromSeconds(3));

        var answer = await monitor.ReadAsync("/flags/status");

        Assert.Equal(["instance", "since", "flags"], answer.Members());
        var flags = answer.Items("flags").ToDictionary(flag => flag.Text("name")!);
        Assert.Equal(FlagSchema.All.Select(flag => flag.Name).Order(), flags.Keys.Order());
        var batch = flags["MONITORING_BATCH_SIZE"];
        Assert.Equal(["name", "type", "value", "default", "source", "answered_at", "age_seconds", "description", "ignored"], batch.Members());
        Assert.Equal(
            ("int", JsonValueKind.Number, 7, 100, "file", "3"),
            (batch.Text("type"), batch.GetProperty("value").ValueKind, batch.Number("value"), batch.Number("default"), batch.Text("source"),
             batch.Text("age_seconds")));
        Assert.Equal(JsonValueKind.True, flags["MONITORING_USE_ADAPTER"].GetProperty("value").ValueKind);
        Assert.Equal(("realtime", "default"), (flags["MONITORING_ADAPTER_TYPE"].Text("value"), flags["MONITORING_ADAPTER_TYPE"].Text("source")));
        var ignored = Assert.Single(flags["MONITORING_TIMEOUT_MS"].Items("ignored"));
        Assert.Equal(["source", "value", "reason", "kept_last_good"], ignored.Members());
        Assert.Equal(("file", "soon", "False"), (ignored.Text("source"), ignored.Text("value"), ignored.Text("kept_last_good")));
    }
}
