using System.Net;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Network;
using FunctionsMonitor.TestSupport.Segments;

namespace FunctionsMonitor.IntegrationTests.Segments;

/// <summary>Answers that get lost and requests that come late, on a real Azurite behind a proxy.</summary>
public sealed class BlobFaultTests(AzuriteFixture azurite) : IAsyncDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly byte[] Content = [1, 2, 3, 4, 5];
    private readonly BlobContainer container = new(azurite);
    private readonly SegmentNames names = new();

    public ValueTask DisposeAsync() => container.DisposeAsync();

    [Fact]
    public async Task A_write_whose_answer_is_lost_is_unknown_then_confirmed_and_there_once()
    {
        await using var proxy = await ProxyAsync();
        var store = await StoreAsync(proxy);
        var (first, name) = (names.Next(), names.Next());
        await store.PutAsync(first, new(Content), Token);

        var loss = proxy.LoseAnswer($"{name} HTTP/1.1\r\n");
        var exception = await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.PutAsync(name, new(Content), Token));
        await loss.Happened;
        Assert.Equal(SegmentStoreFault.Unknown, exception.Fault);
        Assert.True(await store.ConfirmAsync(name, new(Content), Token));
        Assert.Equal([first, name], await store.ListAsync(Token).Select(entry => entry.Name!.Value).ToListAsync(Token));
    }

    [Fact]
    public async Task A_write_that_was_flushed_before_it_was_looked_for_is_not_denied()
    {
        await using var proxy = await ProxyAsync();
        var (store, flusher) = (await StoreAsync(proxy), await container.StoreAsync());
        var name = names.Next();
        await store.PutAsync(names.Next(), new(Content), Token);

        var loss = proxy.LoseAnswer($"{name} HTTP/1.1\r\n");
        await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.PutAsync(name, new(Content), Token));
        await loss.Happened;
        await flusher.DeleteAsync(name, Token);

        // Its events are stored. A sender who is told that they certainly are not sends them again, and without ids they are stored twice.
        await BlobContainer.AssertUnknownAsync(store, name, Content);
        await BlobContainer.AssertUnknownAsync(store, name, Content);
    }

    [Fact]
    public async Task A_write_that_arrives_after_it_was_given_up_is_refused_by_the_service()
    {
        await using var proxy = await ProxyAsync();
        var store = await StoreAsync(proxy, TimeSpan.FromSeconds(2));
        var (first, name) = (names.Next(), names.Next());
        await store.PutAsync(first, new(Content), Token);

        var held = proxy.Hold($"{name} HTTP/1.1\r\n");
        var exception = await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.PutAsync(name, new(Content), Token));
        Assert.Equal(SegmentStoreFault.Unknown, exception.Fault);
        await held.GivenUp;
        await BlobContainer.AssertUnknownAsync(store, name, Content);

        // Its events were refused. Were it taken now they would be stored all the same, and a second time when their sender repeats them.
        Assert.StartsWith("HTTP/1.1 409 ", await held.ReleaseAsync(), StringComparison.Ordinal);
        Assert.Equal([first], await store.ListAsync(Token).Select(entry => entry.Name!.Value).ToListAsync(Token));
    }

    [Fact]
    public async Task A_write_that_arrives_before_it_is_looked_for_is_confirmed()
    {
        await using var proxy = await ProxyAsync();
        var store = await StoreAsync(proxy, TimeSpan.FromSeconds(2));
        var (first, name) = (names.Next(), names.Next());
        await store.PutAsync(first, new(Content), Token);

        var held = proxy.Hold($"{name} HTTP/1.1\r\n");
        await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.PutAsync(name, new(Content), Token));
        await held.GivenUp;
        Assert.StartsWith("HTTP/1.1 201 ", await held.ReleaseAsync(), StringComparison.Ordinal);
        Assert.True(await store.ConfirmAsync(name, new(Content), Token));
    }

    [Fact]
    public async Task A_name_that_was_given_up_without_anybody_hearing_of_it_stays_given_up()
    {
        await using var proxy = await ProxyAsync();
        var store = await StoreAsync(proxy);
        var (first, name) = (names.Next(), names.Next());
        await store.PutAsync(first, new(Content), Token);

        var loss = proxy.LoseAnswer($"PUT /functionsmonitor/{(await container.ClientAsync()).Name}/segments/0/{name}");
        await BlobContainer.AssertUnknownAsync(store, name, Content);
        await loss.Happened;
        await BlobContainer.AssertUnknownAsync(store, name, Content);
    }

    [Fact]
    public async Task A_deletion_whose_answer_is_lost_may_be_done_again()
    {
        await using var proxy = await ProxyAsync();
        var store = await StoreAsync(proxy);
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);
        var loss = proxy.LoseAnswer("DELETE /");
        await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.DeleteAsync(name, Token));
        await loss.Happened;
        Assert.Empty(await container.PathsAsync());
        await store.DeleteAsync(name, Token);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_told_in_one_line_and_nothing_was_written()
    {
        await using var proxy = await ProxyAsync();
        var store = await StoreAsync(proxy);
        await proxy.DisposeAsync();
        var exception = await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.PutAsync(names.Next(), new(Content), Token));
        Assert.Equal(SegmentStoreFault.NotWritten, exception.Fault);
        Assert.Matches("^The segment could not be written: the blob service could not be reached: Connection refused [^\n]*$", exception.Message);
        await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.ListAsync(Token).ToListAsync(Token));
        await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.ReadAsync("x", Token));
        await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.ProbeAsync(Token));
        await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.QuarantineAsync("x", "because", Token));
        await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.ListQuarantineAsync(Token).ToListAsync(Token));
    }

    private async Task<ISegmentStore> StoreAsync(CuttingProxy proxy, TimeSpan? timeout = null)
    {
        var service = await BlobEndpointAsync();
        var connection = (await azurite.ConnectionStringAsync()).Replace($"BlobEndpoint=http://{service.Authority}", $"BlobEndpoint=http://127.0.0.1:{proxy.Port}", StringComparison.Ordinal);
        return await container.StoreAsync(connection: connection, timeout: timeout);
    }

    private async Task<CuttingProxy> ProxyAsync() => new(new IPEndPoint(IPAddress.Loopback, (await BlobEndpointAsync()).Port));

    private async Task<Uri> BlobEndpointAsync() => new Azure.Storage.Blobs.BlobServiceClient(await azurite.ConnectionStringAsync()).Uri;
}
