using System.Net;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.CloudEvents;

/// <summary>HTTP 1.1 Web Hooks for Event Delivery 1.0.2, section 4, as Azure Event Grid asks it.</summary>
public sealed class WebhookHandshakeTests
{
    private const string EventGrid = "eventgrid.azure.net";

    [Theory]
    [InlineData(null, "0", EventGrid, EventGrid, "*")]
    [InlineData(null, "0", "EventGrid.Azure.NET", EventGrid, "*")]
    [InlineData("a.example, b.example", "120", "b.example", "b.example", "120")]
    [InlineData("a.example,*", "1", "anybody.example", "*", "1")]
    [Answers(200, "AllowWebhook")]
    public async Task Who_may_deliver_is_told_so_with_the_rate(string? allowed, string rate, string origin, string told, string toldRate)
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: Settings(allowed, rate));
        using var response = await AskAsync(monitor, origin);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([told], response.Headers.GetValues("WebHook-Allowed-Origin"));
        Assert.Equal([toldRate], response.Headers.GetValues("WebHook-Allowed-Rate"));
        Assert.Equal(["GET", "OPTIONS", "POST"], response.Content.Headers.Allow.Order());
        Assert.Empty(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(null, "evil.example")]
    [InlineData(null, "eventgrid.azure.net.evil.example")]
    [InlineData("", EventGrid)]
    [InlineData("a.example", "*")]
    [Answers(403, "AllowWebhook")]
    public async Task Who_may_not_is_refused_and_nothing_in_the_answer_can_be_taken_for_consent(string? allowed, string origin)
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: Settings(allowed, "0"));
        using var response = await AskAsync(monitor, origin);

        Assert.Equal("WebHook-Request-Origin", (await response.ReadProblemAsync(ProblemTypes.WebhookNotAllowed)).Text("field"));
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("WebHook", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    [Answers(400, "AllowWebhook")]
    public async Task Who_does_not_say_who_asks_is_told_to()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var names in (string[][])[[], [""]])
        {
            using var response = await AskAsync(monitor, names);
            Assert.Equal("WebHook-Request-Origin", (await response.ReadProblemAsync(ProblemTypes.InvalidParameter)).Text("field"));
        }
    }

    [Fact]
    public async Task With_keys_the_ingest_key_in_the_address_is_all_that_event_grid_needs()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: new()
        {
            ["Keys:Ingest"] = "ingest-key-0123456789",
            ["Keys:Read"] = "read-key-0123456789",
            ["Keys:Operate"] = "operate-key-0123456789",
        });
        const string Address = "/events?code=ingest-key-0123456789";
        using (var handshake = await AskAtAsync(monitor, Address, EventGrid))
            Assert.Equal(HttpStatusCode.OK, handshake.StatusCode);
        using (var delivery = await monitor.PostAsync(
            Address, """[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-11-24T12:00:00Z"}]""", "application/cloudevents-batch+json"))
            Assert.Equal(1, (await delivery.ReadJsonAsync(HttpStatusCode.Accepted)).Number("accepted"));

        // It opens nothing else: not with another role's key there, not twice, not against a header, and no other path of the host.
        foreach (var (path, key) in ((string, string?)[])
        [
            ("/events?code=read-key-0123456789", null), ("/events?code=ingest-key-0123456789&code=ingest-key-0123456789", null),
            ("/events?Code2=ingest-key-0123456789", null), (Address, "wrong-key-0123456789"),
        ])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            if (key is not null)
                request.Headers.Add("x-functions-key", key);
            using var response = await monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);
            await response.ReadProblemAsync(ProblemTypes.Unauthorized);
        }

        foreach (var path in (string[])["/events", "/events/stream", "/health", "/status"])
        {
            using var response = await monitor.GetAsync(path + "?code=read-key-0123456789");
            await response.ReadProblemAsync(ProblemTypes.Unauthorized);
        }

        using var flush = await monitor.PostAsync("/metrics/flush?code=operate-key-0123456789");
        await flush.ReadProblemAsync(ProblemTypes.Unauthorized);
    }

    private static Dictionary<string, string?> Settings(string? allowed, string rate)
    {
        var settings = new Dictionary<string, string?> { ["CloudEvents:AllowedRate"] = rate };
        if (allowed is not null)
            settings["CloudEvents:AllowedOrigins"] = allowed;
        return settings;
    }

    private static Task<HttpResponseMessage> AskAsync(HttpMonitor monitor, params string[] origins) => AskAtAsync(monitor, "/events", origins);

    private static Task<HttpResponseMessage> AskAtAsync(HttpMonitor monitor, string path, params string[] origins)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        foreach (var origin in origins)
            request.Headers.TryAddWithoutValidation("WebHook-Request-Origin", origin);
        request.Headers.Add("WebHook-Request-Callback", "https://callback.example/confirm?id=1");
        request.Headers.Add("WebHook-Request-Rate", "240");
        return monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
