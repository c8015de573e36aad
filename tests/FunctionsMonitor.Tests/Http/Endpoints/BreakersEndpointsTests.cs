using System.Net;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class BreakersEndpointsTests
{
    [Fact]
    [Answers(200, "IsolateBreaker", "ResetBreaker")]
    public async Task A_breaker_is_isolated_until_it_is_reset_also_on_a_cold_instance()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using (var isolated = await monitor.PostAsync("/breakers/metrics-store-read/isolate"))
        {
            var answer = await isolated.ReadJsonAsync(HttpStatusCode.OK);
            Assert.Equal(("metrics-store-read", "isolated"), (answer.Text("name"), answer.GetProperty("breaker").Text("state")));
            var transition = answer.GetProperty("breaker").Items("transitions").Single();
            Assert.Equal(("closed", "isolated", "manual"), (transition.Text("from"), transition.Text("to"), transition.Text("cause")));
        }

        using (var refused = await monitor.GetAsync("/events"))
            await refused.ReadRetryableAsync(ProblemTypes.MetricsStoreUnavailable);
        // The flush has a breaker of its own.
        await monitor.FlushAsync();

        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        using (var reset = await monitor.PostAsync("/breakers/metrics-store-read/reset"))
            Assert.Equal("closed", (await reset.ReadJsonAsync(HttpStatusCode.OK)).GetProperty("breaker").Text("state"));
        await monitor.ReadAsync("/events");
        Assert.Equal(
            [("reset", "metrics-store-read", "closed"), ("isolate", "metrics-store-read", "isolated")],
            (await monitor.ReadAsync("/operations")).Items().Where(entry => entry.Text("action") != "flush")
                .Select(entry => (entry.Text("action")!, entry.Text("target")!, entry.Text("outcome")!)));
    }

    [Fact]
    [Answers(404, "IsolateBreaker", "ResetBreaker")]
    public async Task A_breaker_that_is_not_there_is_a_404_that_lists_those_that_are()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var action in (string[])["isolate", "reset"])
        {
            foreach (var name in (string[])["nobody", "METRICS-STORE", "metrics-store%2Freset", "%F0%9F%92%A9", new string('x', 4000), $"{new string('a', 63)}%F0%9F%92%A9"])
            {
                using var response = await monitor.PostAsync($"/breakers/{name}/{action}");
                var problem = await response.ReadProblemAsync(ProblemTypes.NotFound);
                Assert.Equal("name", problem.Text("field"));
                Assert.Equal(["metrics-store", "metrics-store-read"], problem.Items("known").Select(known => known.GetString()!).Order());
                Assert.InRange(problem.Text("detail")!.Length, 1, 250);
            }
        }

        Assert.Empty((await monitor.ReadAsync("/operations")).Items());
    }

    [Fact]
    [Answers(503, "IsolateBreaker", "ResetBreaker")]
    public async Task A_breaker_whose_state_cannot_be_written_is_not_steered_and_that_is_said()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        Directory.CreateDirectory(Path.Combine(monitor.Folder, "state", "breakers", "metrics-store.breaker"));
        foreach (var action in (string[])["isolate", "reset"])
        {
            using var response = await monitor.PostAsync($"/breakers/metrics-store/{action}");
            await response.ReadRetryableAsync(ProblemTypes.StateStoreUnavailable);
        }

        Assert.All(
            (await monitor.ReadAsync("/operations")).Items(), entry => Assert.StartsWith("failed: Breaker 'metrics-store' was not ", entry.Text("outcome"), StringComparison.Ordinal));
        // It breaks nothing else.
        await monitor.IngestAsync(monitor.Event());
        Assert.Equal(1, (await monitor.FlushAsync()).Number("stored"));
    }

    [Fact]
    public async Task What_one_instance_isolates_the_next_life_of_it_finds_isolated()
    {
        await using var first = await HttpMonitor.StartAsync();
        using (await first.PostAsync("/breakers/metrics-store/isolate"))
        {
        }

        var states = Path.Combine(first.Folder, "state", "breakers");
        await using var second = await HttpMonitor.StartAsync(services =>
            services.AddSingleton<DurableCircuitBreaker.IBreakerStateStore>(new DurableCircuitBreaker.FileBreakerStateStore(states)));
        var write = (await second.ReadAsync("/metrics/resilience")).Items("pipelines").Single(pipeline => pipeline.Text("name") == "metrics-store");
        Assert.Equal(("isolated", "False"), (write.GetProperty("breaker").Text("state"), write.GetProperty("breaker").Text("passing")));
    }
}
