using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Azurite;

namespace FunctionsMonitor.IntegrationTests.Segments;

/// <summary>A container of a test's own on a real Azurite, and stores on it.</summary>
internal sealed class BlobContainer(AzuriteFixture azurite) : IAsyncDisposable
{
    private readonly string name = $"test-{Guid.NewGuid():N}";

    public async Task<BlobContainerClient> ClientAsync() => new(await azurite.ConnectionStringAsync(), name);

    public async Task<BlobSegmentStore> StoreAsync(
        bool spread = false, TimeProvider? time = null, HttpMessageHandler? handler = null, string? connection = null, TimeSpan? timeout = null) => new(
        new BlobSegmentStoreOptions
        {
            ConnectionString = connection ?? await azurite.ConnectionStringAsync(),
            ContainerName = name,
            SpreadNames = spread,
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        },
        time ?? TimeProvider.System,
        handler is null ? null : new HttpClientTransport(handler));

    public static async Task AssertUnknownAsync(ISegmentStore store, SegmentName segment, byte[] content)
    {
        var exception = await Assert.ThrowsAsync<SegmentStoreException>(
            async () => await store.ConfirmAsync(segment, new(content), TestContext.Current.CancellationToken));
        Assert.Equal(SegmentStoreFault.Unknown, exception.Fault);
    }

    public async Task<IReadOnlyList<string>> PathsAsync()
    {
        var paths = new List<string>();
        await foreach (var blob in (await ClientAsync()).GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
            paths.Add(blob.Name);
        return paths;
    }

    // Azurite forgets; one that was named by the environment may not.
    public async ValueTask DisposeAsync() => await (await ClientAsync()).DeleteIfExistsAsync(cancellationToken: CancellationToken.None);
}
