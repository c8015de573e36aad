using System.Net;
using System.Net.Http.Headers;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class SummaryEndpointsTests
{
    [Fact]
    [Answers(200, "GetSummary")]
    public async Task It_says_what_the_other_endpoints_say_at_length()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.MakeDeadLetterAsync();
        await monitor.IngestAsync($"[{monitor.Event()},{monitor.Event()}]");

        var summary = await monitor.ReadAsync("/summary");
        var flush = (await monitor.ReadAsync("/metrics/flush?limit=1")).Items()[0];
        var ledger = await monitor.ReadAsync("/metrics/ledger");

        Assert.Equal("healthy", summary.Text("status"));
        Assert.Equal(["buffer", "metrics-store", "flush", "flags"], summary.Items("checks").Select(check => check.Text("name")!));
        Assert.Equal((1, 2), (summary.GetProperty("buffer").Number("segments"), summary.GetProperty("buffer").Number("events")));
        Assert.Equal(flush.GetRawText(), summary.GetProperty("last_flush").GetRawText());
        var next = summary.GetProperty("next_flush");
        Assert.Equal(("True", "100"), (next.Text("enabled"), next.Text("at_events")));
        Assert.Equal(TimeSpan.FromSeconds(300), next.GetProperty("due_at").GetDateTimeOffset() - flush.GetProperty("started_at").GetDateTimeOffset());
        foreach (var name in (string[])["balanced", "accepted", "stored", "duplicates", "dead_lettered", "expired", "pending", "quarantined", "missing", "unacknowledged"])
            Assert.Equal(ledger.Text(name), summary.GetProperty("ledger").Text(name));
        Assert.Equal(
            [("metrics-store", "closed", "True"), ("metrics-store-read", "closed", "True")],
            summary.Items("breakers").Select(breaker => (breaker.Text("name")!, breaker.Text("state")!, breaker.Text("passing")!)));
        Assert.Equal("""{"conflict":1}""", summary.GetProperty("dead_letters").GetRawText());
        Assert.Equal((await monitor.ReadAsync("/operations?limit=1")).Items()[0].Text("id"), summary.Text("last_operation_id"));
        Assert.Empty(summary.Items("faults"));
    }

    [Fact]
    [Answers(304, "GetSummary")]
    public async Task As_long_as_nothing_happens_it_is_the_same_however_much_time_goes_by()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        using var first = await monitor.GetAsync("/summary");
        var tag = first.Headers.ETag;
        Assert.True(tag!.IsWeak);

        foreach (var later in (TimeSpan[])[TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(4)])
        {
            monitor.Time.Advance(later);
            using var unchanged = await AskAsync(monitor, tag);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Whatever_happens_makes_it_another()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var letter = await monitor.MakeDeadLetterAsync();
        foreach (var happening in (Func<Task>[])
        [
            () => monitor.IngestAsync(monitor.Event()),
            () => monitor.FlushAsync(),
            () => PostAsync($"/dead-letters/{letter}/replay"),
            () => PostAsync("/breakers/metrics-store/isolate"),
            () => PostAsync("/breakers/metrics-store/reset"),
            async () => (await monitor.Client.DeleteAsync(new Uri($"/dead-letters/{letter}", UriKind.Relative), TestContext.Current.CancellationToken)).Dispose(),
        ])
        {
            using var before = await monitor.GetAsync("/summary");
            await happening();
            using var after = await AskAsync(monitor, before.Headers.ETag!);
            Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        }

        async Task PostAsync(string path) => (await monitor.PostAsync(path)).Dispose();
    }

    [Fact]
    public async Task A_store_that_does_not_answer_costs_its_parts_and_no_more()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        monitor.BreakMetricsStore();

        using var response = await monitor.GetAsync("/summary").AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));
        var summary = await response.ReadJsonAsync(HttpStatusCode.OK);

        Assert.Equal("degraded", summary.Text("status"));
        Assert.Equal(["dead_letters", "last_flush", "ledger"], summary.Items("faults").Select(fault => fault.Text("part")!));
        Assert.All(summary.Items("faults"), fault => Assert.NotEmpty(fault.Text("cause")!));
        Assert.All((string[])["dead_letters", "last_flush", "ledger"], part => Assert.Null(summary.Text(part)));
        Assert.Equal(1, summary.GetProperty("buffer").Number("events"));
    }

    [Fact]
    public async Task The_books_are_drawn_up_again_when_something_has_happened_and_not_at_each_call()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        var first = (await monitor.ReadAsync("/summary")).GetProperty("ledger");
        Assert.Equal(monitor.Time.GetUtcNow(), first.GetProperty("computed_at").GetDateTimeOffset());

        await monitor.IngestAsync(monitor.Event());
        monitor.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(first.GetRawText(), (await monitor.ReadAsync("/summary")).GetProperty("ledger").GetRawText());
        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        var second = (await monitor.ReadAsync("/summary")).GetProperty("ledger");
        Assert.Equal((2, 2), (second.Number("accepted"), second.Number("pending")));

        monitor.Time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(second.GetRawText(), (await monitor.ReadAsync("/summary")).GetProperty("ledger").GetRawText());
        monitor.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(
            monitor.Time.GetUtcNow(), (await monitor.ReadAsync("/summary")).GetProperty("ledger").GetProperty("computed_at").GetDateTimeOffset());
    }

    [Fact]
    public async Task The_last_books_stay_while_no_new_ones_can_be_drawn_up()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        var books = (await monitor.ReadAsync("/summary")).GetProperty("ledger").GetRawText();
        await monitor.IngestAsync(monitor.Event());
        (await monitor.PostAsync("/breakers/metrics-store-read/isolate")).Dispose();
        monitor.Time.Advance(TimeSpan.FromSeconds(30));

        var summary = await monitor.ReadAsync("/summary");
        Assert.Contains("ledger", summary.Items("faults").Select(fault => fault.Text("part")));
        Assert.Equal(books, summary.GetProperty("ledger").GetRawText());
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpMonitor monitor, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/summary");
        request.Headers.IfNoneMatch.Add(tag);
        return await monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
