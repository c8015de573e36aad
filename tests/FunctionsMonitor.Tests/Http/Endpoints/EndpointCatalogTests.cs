using System.Net;
using System.Reflection;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class EndpointCatalogTests
{
    [Fact]
    public void Every_answer_of_every_endpoint_has_a_test_that_gets_it()
    {
        var tested = typeof(EndpointCatalogTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .SelectMany(method => method.GetCustomAttributes<AnswersAttribute>())
            .SelectMany(attribute => attribute.Rows)
            .ToHashSet();

        var untested = EndpointCatalog.All
            .SelectMany(row => row.Responses.Select(response => (Endpoint: row.Name, response.Status)))
            .Where(answer => !tested.Contains(answer));

        Assert.Empty(untested);
    }

    [Fact]
    public void Names_and_routes_are_unique_and_every_endpoint_can_succeed()
    {
        Assert.Distinct(EndpointCatalog.All.Select(row => row.Name));
        Assert.Distinct(EndpointCatalog.All.Select(row => (row.Method, row.Route)));
        Assert.All(EndpointCatalog.All, row => Assert.Contains(row.Responses, response => response.Status is (>= 200 and < 300) or 302));
        Assert.All(EndpointCatalog.All, row => Assert.Distinct(row.Responses.Select(response => response.Status)));
    }

    [Fact]
    public void Problem_types_have_codes_of_their_own()
    {
        Assert.Distinct(ProblemTypes.All.Select(type => type.Code));
        Assert.Equal(
            typeof(ProblemTypes).GetProperties().Where(property => property.PropertyType == typeof(ProblemType)).Select(property => (ProblemType)property.GetValue(null)!),
            ProblemTypes.All);
    }

    [Fact]
    public async Task What_is_not_there_is_a_404_and_what_has_another_method_a_405_that_says_which()
    {
        await using var monitor = await HttpMonitor.StartAsync();

        using var nothing = await monitor.GetAsync("/nothing/here");
        Assert.Contains("/nothing/here", (await nothing.ReadProblemAsync(ProblemTypes.NotFound)).Text("detail"), StringComparison.Ordinal);
        foreach (var (method, path, allow) in ((string, string, string[])[])
        [
            ("DELETE", "/events", ["GET", "OPTIONS", "POST"]), ("POST", "/health", ["GET", "HEAD"]), ("HEAD", "/status", ["GET"]), ("GET", "/breakers/x/reset", ["POST"]), ("PATCH", "/metrics/flush", ["GET", "POST"]),
        ])
        {
            using var response = await monitor.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            if (method != "HEAD")
                await response.ReadProblemAsync(ProblemTypes.MethodNotAllowed);
            Assert.Equal(allow, response.Content.Headers.Allow.Order());
        }
    }
}
