using System.Net;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

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
            Assert.Equal(("metrics-store-read", "isolated"), (answer.Text("name"), answer.Text("breaker_state")));
            Assert.Equal(("closed", "isolated"), (answer.Items("transitions").Single().Text("from"), answer.Items("transitions").Single().Text("to")));
        }

        using (var refused = await monitor.GetAsync("/events"))
            await refused.ReadRetryableAsync(ProblemTypes.MetricsStoreUnavailable);
        // The flush has a breaker of its own.
        await monitor.FlushAsync();

        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        using (var reset = await monitor.PostAsync("/breakers/metrics-store-read/reset"))
            Assert.Equal("closed", (await reset.ReadJsonAsync(HttpStatusCode.OK)).Text("breaker_state"));
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
}
