using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Tests.Http.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class StoresDownTests
{
    private const string Unknown = "00000000000000000000000000000001-0";

    [Fact]
    [Answers(503, "ListEvents", "GetValidationMetrics", "GetLedger", "ListFlushes", "ListDeadLetters")]
    [Answers(503, "GetDeadLetter", "ReplayDeadLetter", "ReplayDeadLetters", "DiscardDeadLetter")]
    public async Task While_the_metrics_store_is_down_what_needs_it_is_a_503_and_events_are_taken()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        monitor.BreakMetricsStore();

        // More than the breaker's threshold: the later ones are turned away by it and say when to come again just so.
        foreach (var (method, path, body) in ((string, string, string?)[])
        [
            ("GET", "/events", null), ("GET", "/metrics/validation", null), ("GET", "/metrics/ledger", null), ("GET", "/metrics/flush", null),
            ("GET", "/dead-letters", null), ("GET", $"/dead-letters/{Unknown}", null), ("POST", $"/dead-letters/{Unknown}/replay", null),
            ("POST", "/dead-letters/replay", """{"all":true}"""), ("DELETE", $"/dead-letters/{Unknown}", null),
        ])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (body is not null)
                request.Content = new StringContent(body, null, "application/json");
            using var response = await monitor.Client.SendAsync(request, TestContext.Current.CancellationToken)
                .AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));
            await response.ReadRetryableAsync(ProblemTypes.MetricsStoreUnavailable);
        }

        await monitor.IngestAsync(monitor.Event());
        monitor.HealMetricsStore();
        monitor.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, (await monitor.FlushAsync()).Number("stored"));
        Assert.Single((await monitor.ReadAsync("/events")).Items());
    }

    [Fact]
    [Answers(503, "GetLedger")]
    public async Task While_the_segments_cannot_be_listed_the_ledger_is_a_503()
    {
        await using var monitor = await HttpMonitor.StartAsync(services => services.AddSingleton<IFileSystem, UnlistableFileSystem>());
        using var response = await monitor.GetAsync("/metrics/ledger");
        await response.ReadRetryableAsync(ProblemTypes.SegmentStoreUnavailable);
    }
}
