using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Binding;

public sealed class QueryParametersTests
{
    /// <summary>Of each parameter, what it cannot be.</summary>
    private static readonly Dictionary<string, string[]> Wrong = new()
    {
        ["type"] = [new('x', 51), "a%00b"],
        ["source"] = [new('x', 101), "%00"],
        ["reason"] = [new('x', 257), "%00"],
        ["replayed"] = ["TRUE", "1", "yes", "null", $"{new string('a', 63)}%F0%9F%92%A9"],
        ["from"] =
        [
            "yesterday", "2026-11-24", "2026-11-24T12:00:00", "2026-11-24T12:00:00+01:00", "2026-13-01T00:00:00Z", "2026-11-24T25:00:00Z",
            "2026-11-24T12:00:00%2B99:99", "1764000000", "0001-01-01T00:00:00%2B14:00", "%D9%A2%D9%A0%D9%A2%D9%A6-11-24T12:00:00Z", new('9', 300),
        ],
        ["to"] = ["tomorrow", "2026-11-24T12:00:00.12345678Z", "%00", "9999-12-31T23:59:59-14:00"],
        ["limit"] = ["0", "-1", "1001", "1.5", "1e2", "0x10", "2147483648", "99999999999999999999", "ten", "%2B5%20", "%D9%A5"],
        ["interval"] = ["2m", "1M", "minute", "60"],
        ["cursor"] = ["x", "AAAA", "!!!", "%00", "null", "AQ==", new('A', 257)],
    };

    /// <summary>What probes and browsers ask for, with parameters of other people's making.</summary>
    private static readonly string[] PassOver =
        ["GetHealth", "GetLiveness", "GetReadiness", "GetFlagsHealth", "GetRoot", "GetDashboard", "GetDashboardAsset"];

    [Fact]
    [Answers(400)]
    public async Task An_unknown_parameter_is_refused_by_name_everywhere_and_nothing_is_done()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var row in EndpointCatalog.All.Where(row => !PassOver.Contains(row.Name)))
        {
            foreach (var name in (string[])["tpye", "LIMIT", "", "%00", "%F0%9F%92%A9", new('x', 4000), $"{new string('a', 63)}%F0%9F%92%A9"])
            {
                using var response = await SendAsync(monitor, row, $"{name}=1");
                var problem = await response.ReadProblemAsync(ProblemTypes.UnknownParameter);
                Assert.Equal(Uri.UnescapeDataString(name), problem.Text("field"));
                Assert.Equal(row.Parameters.Select(parameter => parameter.Name), problem.Items("known").Select(known => known.GetString()!));
            }
        }

        Assert.Empty((await monitor.ReadAsync("/operations")).Items());
        Assert.Empty(monitor.SegmentFiles);
    }

    [Fact]
    public async Task A_value_that_a_parameter_cannot_have_is_refused_by_name()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var row in EndpointCatalog.All)
        {
            foreach (var parameter in row.Parameters)
            {
                foreach (var value in Wrong[parameter.Name])
                {
                    using var response = await SendAsync(monitor, row, $"{parameter.Name}={value}");
                    var problem = await response.ReadProblemAsync(ProblemTypes.InvalidParameter);
                    Assert.Equal(parameter.Name, problem.Text("field"));
                    Assert.InRange(problem.Text("detail")!.Length, 1, 300);
                }
            }
        }
    }

    [Fact]
    public async Task A_parameter_given_twice_is_refused_and_one_without_a_value_counts_as_not_given()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        foreach (var row in EndpointCatalog.All)
        {
            foreach (var parameter in row.Parameters)
            {
                using (var twice = await SendAsync(monitor, row, $"{parameter.Name}=1&{parameter.Name}=1"))
                    Assert.Equal(parameter.Name, (await twice.ReadProblemAsync(ProblemTypes.InvalidParameter)).Text("field"));
                using var empty = await SendAsync(monitor, row, $"{parameter.Name}=");
                Assert.True(empty.IsSuccessStatusCode);
            }
        }
    }

    [Fact]
    public async Task The_key_in_the_query_is_the_hosts_and_never_a_parameter()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.ReadAsync("/events?code=secret&limit=1");
    }

    [Theory]
    [InlineData("/events")]
    [InlineData("/dead-letters")]
    [InlineData("/metrics/validation")]
    public async Task The_ends_of_time_are_times(string path)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        await monitor.FlushAsync();
        foreach (var range in (string[])
        [
            "from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59.9999999Z", "from=0001-01-01T00:00:00Z", "to=0001-01-01T00:00:01Z",
            "from=9999-12-31T23:59:59Z", "to=9999-12-31T23:59:59Z",
        ])
        {
            await monitor.ReadAsync($"{path}?{range}");
        }

        foreach (var range in (string[])["from=2026-11-24T12:00:00Z&to=2026-11-24T12:00:00Z", "from=2026-11-25T00:00:00Z&to=2026-11-24T00:00:00Z"])
        {
            using var response = await monitor.GetAsync($"{path}?{range}");
            Assert.Equal("from", (await response.ReadProblemAsync(ProblemTypes.InvalidParameter)).Text("field"));
        }
    }

    [Fact]
    public async Task A_series_of_more_buckets_than_anyone_can_read_is_refused()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var response = await monitor.GetAsync("/metrics/validation?interval=1m&from=2020-01-01T00:00:00Z");
        Assert.Equal("interval", (await response.ReadProblemAsync(ProblemTypes.InvalidParameter)).Text("field"));
    }

    private static Task<HttpResponseMessage> SendAsync(HttpMonitor monitor, EndpointDescription row, string query)
    {
        var path = row.Route.Replace("{id}", "00000000000000000000000000000001-0", StringComparison.Ordinal).Replace("{name}", "metrics-store", StringComparison.Ordinal);
        var request = new HttpRequestMessage(new HttpMethod(row.Method), $"/{path}?{query}");
        if (row.RequestContentTypes.Count > 0)
            request.Content = new StringContent("""{"all":true}""", null, "application/json");
        return monitor.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
