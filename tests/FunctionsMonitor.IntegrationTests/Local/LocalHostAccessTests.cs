using System.Net;
using System.Text.Json;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Local;

/// <summary>Keys, host names and origins over real HTTP.</summary>
public sealed class LocalHostAccessTests : IDisposable
{
    private const string IngestKey = "ingest-key-0123456789";
    private const string ReadKey = "read-key-0123456789";
    private const string OperateKey = "operate-key-0123456789";
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task With_keys_it_may_be_open_to_others_and_each_key_opens_its_own()
    {
        await using var host = await LocalHostProcess.StartAsync(new()
        {
            Folder = folder.Path,
            Urls = "http://0.0.0.0:0",
            Key = OperateKey,
            Environment = new Dictionary<string, string> { ["Keys__Ingest"] = IngestKey, ["Keys__Read"] = ReadKey, ["Keys__Operate"] = OperateKey },
        });

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, HttpMethod.Get, "/health/live", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, HttpMethod.Get, "/status", ReadKey));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, HttpMethod.Get, "/status", OperateKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Get, "/status", IngestKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Get, "/status", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Post, "/metrics/flush", ReadKey));
        // Not a flush: the timer's first one may be at it, and that is a 409.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, HttpMethod.Post, "/breakers/metrics-store/reset", OperateKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Post, "/events", OperateKey));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(host, HttpMethod.Post, "/events", IngestKey, "{"));
        Assert.Contains("unencrypted", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(IngestKey, host.Output, StringComparison.Ordinal);

        var actors = (await host.Client.GetJsonAsync("/operations")).GetProperty("items").EnumerateArray()
            .Select(entry => entry.GetProperty("actor").GetString());
        Assert.Equal(["operate"], actors);
    }

    [Fact]
    public async Task A_missing_key_is_a_problem_that_says_what_to_send()
    {
        await using var host = await LocalHostProcess.StartAsync(new()
        {
            Folder = folder.Path,
            Key = ReadKey,
            Environment = new Dictionary<string, string> { ["Keys__Ingest"] = IngestKey, ["Keys__Read"] = ReadKey, ["Keys__Operate"] = OperateKey },
        });

        using var response = await SendAsync(host, HttpMethod.Post, "/metrics/flush", null);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("urn:functionsmonitor:problem:unauthorized", problem.GetProperty("type").GetString());
        Assert.Equal("Send the operate key in x-functions-key.", problem.GetProperty("detail").GetString());
        Assert.Equal("FunctionsKey realm=\"functionsmonitor\", header=\"x-functions-key\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Without_keys_a_foreign_name_or_a_foreign_page_is_turned_away()
    {
        await using var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path });

        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(host, HttpMethod.Get, "/status", null, host: "evil.example"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, HttpMethod.Get, "/status", null, host: "localhost:1"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(host, HttpMethod.Post, "/metrics/flush", null, origin: "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(host, HttpMethod.Delete, "/dead-letters/x", null, origin: "null"));
        Assert.Equal(
            HttpStatusCode.OK,
            await StatusAsync(host, HttpMethod.Post, "/breakers/metrics-store/reset", null, origin: $"http://127.0.0.1:{host.Address.Port}"));
    }

    [Fact]
    public async Task A_body_over_the_limit_gets_the_endpoints_own_answer()
    {
        await using var host = await LocalHostProcess.StartAsync(
            new() { Folder = folder.Path, Environment = new Dictionary<string, string> { ["Ingest__MaxBodyBytes"] = "2048" } });

        var (status, problem) = await host.Client.PostEventsAsync(new string(' ', 3000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("urn:functionsmonitor:problem:body-too-large", problem.GetProperty("type").GetString());
    }

    public void Dispose() => folder.Dispose();

    private static async Task<HttpStatusCode> StatusAsync(
        LocalHostProcess to, HttpMethod method, string path, string? key, string? body = null, string? host = null, string? origin = null)
    {
        using var response = await SendAsync(to, method, path, key, body, host, origin);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        LocalHostProcess to, HttpMethod method, string path, string? key, string? body = null, string? host = null, string? origin = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(method, new UriBuilder("http", "127.0.0.1", to.Address.Port, path).Uri);
        request.Headers.Host = host;
        if (key is not null)
            request.Headers.Add("x-functions-key", key);
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await client.SendAsync(request);
    }
}
