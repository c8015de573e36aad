using System.Buffers;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Segments;

namespace FunctionsMonitor.IntegrationTests.Segments;

/// <summary>What each operation costs in requests.</summary>
public sealed class BlobRequestTests(AzuriteFixture azurite) : IAsyncDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly BlobContainer container = new(azurite);
    private readonly SegmentNames names = new();

    public ValueTask DisposeAsync() => container.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_segment_costs_a_put_a_share_of_a_listing_a_get_and_a_delete(bool spread)
    {
        using var requests = new RequestLog();
        var store = await container.StoreAsync(spread, handler: requests);
        var all = names.Next(5);

        // A container is made once, by the first write that finds none.
        await store.PutAsync(all[0], new(new byte[100]), Token);
        Assert.Equal(["put", "create container", "put"], requests.Take());

        // However large: in blocks it would be three requests and could be left half done.
        await store.PutAsync(all[1], new ReadOnlySequence<byte>(new byte[9 << 20]), Token);
        Assert.Equal(["put"], requests.Take());
        foreach (var name in all.Skip(2))
            await store.PutAsync(name, new(new byte[100]), Token);
        requests.Take();

        Assert.Equal(5, await store.ListAsync(Token).CountAsync(Token));
        Assert.Equal(["list"], requests.Take());
        foreach (var name in all)
            Assert.NotNull(await store.ReadAsync(name.ToString(), Token));
        Assert.Equal(Enumerable.Repeat("get", 5), requests.Take());
        foreach (var name in all)
            await store.DeleteAsync(name, Token);
        Assert.Equal(Enumerable.Repeat("delete", 5), requests.Take());
        Assert.Equal(0, await store.ListAsync(Token).CountAsync(Token));
        Assert.Equal(["list"], requests.Take());
    }

    [Theory]
    [InlineData(false, 2, 3)]
    [InlineData(true, 18, 18)]
    public async Task The_oldest_of_many_cost_few_requests_and_all_of_them_hardly_more(bool spread, int headRequests, int allRequests)
    {
        using var requests = new RequestLog();
        var store = await container.StoreAsync(spread, handler: requests);
        var all = names.Next(1200);
        await store.PutAsync(all[0], new(new byte[1]), Token);
        await Parallel.ForEachAsync(all.Skip(1), Token, async (name, token) => await store.PutAsync(name, new(new byte[1]), token));
        requests.Take();

        // A page of all names; a look for prefixes, because that page was not all; then the next page, or a first page of each prefix.
        Assert.Equal(all.Take(1000), await store.ListAsync(Token).Take(1000).Select(entry => entry.Name!.Value).ToListAsync(Token));
        Assert.Equal(Enumerable.Repeat("list", headRequests), requests.Take());
        Assert.Equal(all, await store.ListAsync(Token).Select(entry => entry.Name!.Value).ToListAsync(Token));
        Assert.Equal(Enumerable.Repeat("list", allRequests), requests.Take());

        // Deleted from the head while the listing goes on, as a flush does it: nothing is left out and nothing comes twice.
        var seen = new List<long>();
        await foreach (var page in store.ListAsync(Token).Chunk(100).WithCancellation(Token))
        {
            seen.AddRange(page.Select(entry => entry.Name!.Value.Number));
            await Parallel.ForEachAsync(page, Token, async (entry, token) => await store.DeleteAsync(entry.Name!.Value, token));
        }

        Assert.Equal(all.Select(name => name.Number), seen);
    }

    [Fact]
    public async Task What_is_quarantined_costs_what_is_rare()
    {
        using var requests = new RequestLog();
        var store = await container.StoreAsync(handler: requests);
        var name = names.Next();
        await store.PutAsync(name, new(new byte[100]), Token);
        requests.Take();
        await store.QuarantineAsync(name.ToString(), "because", Token);
        Assert.Equal(["head", "put", "head", "delete"], requests.Take());
        await store.ProbeAsync(Token);
        Assert.Equal(["put", "delete"], requests.Take());
    }
}
