using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Local.Access;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class AccessTests
{
    private const string Ingest = "ingest-key-0123456789";
    private const string Read = "read-key-0123456789";
    private const string Operate = "operate-key-0123456789";

    [Fact]
    public async Task With_keys_every_endpoint_opens_to_the_keys_of_its_access_and_to_no_other()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: Keys());
        foreach (var row in EndpointCatalog.All)
        {
            string[] opening = row.Access switch
            {
                EndpointAccess.Anonymous => ["", "wrong-key-0123456789", Ingest, Read, Operate],
                EndpointAccess.Ingest => [Ingest],
                EndpointAccess.Read => [Read, Operate],
                _ => [Operate],
            };
            foreach (var key in (string[])["", "wrong-key-0123456789", Ingest, Read, Operate])
            {
                using var request = Request(row, key);
                using var response = await monitor.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
                if (opening.Contains(key))
                {
                    Assert.NotEqual(401, (int)response.StatusCode);
                    continue;
                }

                var problem = await response.ReadProblemAsync(ProblemTypes.Unauthorized);
                Assert.Contains($"{row.Access.ToString().ToLowerInvariant()} key in x-functions-key", problem.Text("detail"), StringComparison.Ordinal);
                Assert.Equal("FunctionsKey", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
            }
        }
    }

    [Fact]
    public async Task A_refused_body_is_not_read_and_nothing_of_it_kept_and_the_key_that_acts_is_recorded()
    {
        await using var monitor = await HttpMonitor.StartAsync(settings: Keys());
        using (var refused = await monitor.PostAsync("/events", monitor.Event()))
            await refused.ReadProblemAsync(ProblemTypes.Unauthorized);
        Assert.Empty(monitor.SegmentFiles);

        monitor.Client.DefaultRequestHeaders.Add("x-functions-key", Operate);
        await monitor.AssertNothingKeptAsync();
        Assert.Equal("operate", (await monitor.ReadAsync("/operations")).Items().Single().Text("actor"));
    }

    [Fact]
    public async Task Without_keys_a_page_of_another_origin_changes_nothing_and_another_host_name_gets_nothing()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var row in EndpointCatalog.All)
        {
            using var foreign = Request(row, "");
            foreign.Headers.Add("Origin", "https://evil.example");
            using var ofForeign = await monitor.Client.SendAsync(foreign, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            if (row.Method is "GET" or "OPTIONS")
                Assert.NotEqual(403, (int)ofForeign.StatusCode);
            else
                await ofForeign.ReadProblemAsync(Refusal.OriginNotAllowed);

            using var rebound = Request(row, "");
            rebound.Headers.Host = "evil.example";
            using var ofRebound = await monitor.Client.SendAsync(rebound, TestContext.Current.CancellationToken);
            await ofRebound.ReadProblemAsync(Refusal.HostNotAllowed);
        }

        await monitor.AssertNothingKeptAsync();
        Assert.Equal(["flush"], (await monitor.ReadAsync("/operations")).Items().Select(entry => entry.Text("action")!));
    }

    private static Dictionary<string, string?> Keys() =>
        new() { ["Keys:Ingest"] = Ingest, ["Keys:Read"] = Read, ["Keys:Operate"] = Operate };

    private static HttpRequestMessage Request(EndpointDescription row, string key)
    {
        var path = row.Route.Replace("{id}", "00000000000000000000000000000001-0", StringComparison.Ordinal).Replace("{name}", "nobody", StringComparison.Ordinal);
        var request = new HttpRequestMessage(new HttpMethod(row.Method), "/" + path);
        if (key.Length > 0)
            request.Headers.Add("x-functions-key", key);
        return request;
    }
}
