using System.Net;
using Azure.Core.Pipeline;
using FunctionsMonitor.Storage.Azure;
using static FunctionsMonitor.Tests.Storage.Azure.StubTable;

namespace FunctionsMonitor.Tests.Storage.Azure;

/// <summary>A purge that has more to look at than one call does.</summary>
public sealed class AzureTableIdempotencyPurgeTests
{
    private const int Limit = AzureTableIdempotencyStore.PurgedPages;

    [Theory]
    [InlineData(1)]
    [InlineData(Limit)]
    [InlineData(Limit + 1)]
    [InlineData((2 * Limit) + 1)]
    public async Task It_says_whether_it_has_seen_every_page_and_the_next_goes_on_where_it_stopped(int pages)
    {
        var table = new StubTable([.. Enumerable.Range(1, pages).Select(page => (Func<HttpResponseMessage>)(() => Page(isLast: page == pages)))]);
        var store = new AzureTableIdempotencyStore(new AzureStateTable(AzureTableFaultTests.Options(), new HttpClientTransport(table)));
        var calls = 0;
        while (!(await store.PurgeAsync(1, TestContext.Current.CancellationToken)).IsComplete)
            calls++;

        Assert.Equal((pages - 1) / Limit, calls);
        Assert.Equal(pages, table.Requests.Count);
    }

    /// <summary>Without a row in it, as a table answers where nothing fits the filter in a whole partition.</summary>
    private static HttpResponseMessage Page(bool isLast)
    {
        var answer = Answer(HttpStatusCode.OK, body: """{"value":[]}""");
        if (!isLast)
        {
            answer.Headers.Add("x-ms-continuation-NextPartitionKey", "p");
            answer.Headers.Add("x-ms-continuation-NextRowKey", "r");
        }

        return answer;
    }
}
