using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class OperationsEndpointsTests
{
    [Fact]
    [Answers(200, "ListOperations")]
    public async Task What_was_done_is_listed_newest_first_with_who_did_it_and_how_it_ended()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var flushed = await monitor.FlushAsync();
        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        using (await monitor.PostAsync("/breakers/metrics-store/isolate"))
        {
        }

        var page = await monitor.ReadAsync("/operations");

        Assert.Equal(["items", "next_cursor"], page.Members());
        Assert.Equal(["isolate", "flush"], page.Items().Select(entry => entry.Text("action")!));
        var entry = page.Items()[1];
        Assert.Equal(["id", "at", "actor", "action", "target", "outcome", "instance"], entry.Members());
        Assert.Equal(
            ("2026-11-24T12:00:00.000000Z", "local", "buffer", $"empty: flush {flushed.Text("flush_id")}, 0 segments, 0 events", monitor.Get<MonitorInstance>().Name),
            (entry.Text("at"), entry.Text("actor"), entry.Text("target"), entry.Text("outcome"), entry.Text("instance")));
    }

    [Fact]
    [Answers(503, "ListOperations")]
    public async Task A_log_that_cannot_be_read_is_a_503_and_one_that_cannot_be_written_stops_no_act()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.BreakStateStore();

        using (var response = await monitor.GetAsync("/operations"))
            await response.ReadRetryableAsync(ProblemTypes.StateStoreUnavailable);
        await monitor.IngestAsync(monitor.Event());
        Assert.Equal(1, (await monitor.FlushAsync()).Number("stored"));
        using var isolated = await monitor.PostAsync("/breakers/metrics-store/isolate");
        Assert.Equal("isolated", (await isolated.ReadJsonAsync(System.Net.HttpStatusCode.OK)).GetProperty("breaker").Text("state"));
    }
}
