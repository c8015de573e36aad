using FunctionsMonitor.Buffering;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Segments;

namespace FunctionsMonitor.IntegrationTests.Segments;

/// <summary>Names on one prefix, as they are by default.</summary>
public sealed class BlobSegmentStoreTests(AzuriteFixture azurite) : BlobStoreContract(azurite, spreadOne: false, spreadOther: false);

/// <summary>Names on sixteen prefixes.</summary>
public sealed class BlobSegmentStoreSpreadTests(AzuriteFixture azurite) : BlobStoreContract(azurite, spreadOne: true, spreadOther: true);

/// <summary>The setting was changed and not every instance knows yet.</summary>
public sealed class BlobSegmentStoreMixedTests(AzuriteFixture azurite) : BlobStoreContract(azurite, spreadOne: false, spreadOther: true);

public abstract class BlobStoreContract(AzuriteFixture azurite, bool spreadOne, bool spreadOther) : SegmentStoreContract, IAsyncDisposable
{
    private readonly BlobContainer container = new(azurite);

    public async ValueTask DisposeAsync()
    {
        await container.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override async ValueTask<(ISegmentStore One, ISegmentStore Other)> CreateAsync() =>
        (await container.StoreAsync(spreadOne), await container.StoreAsync(spreadOther));

    protected override async Task PutByHandAsync(string fileName, byte[] bytes) =>
        await (await container.ClientAsync()).UploadBlobAsync("segments/" + fileName, new BinaryData(bytes), Token);

    protected override async Task<IReadOnlyList<byte[]>> ReadQuarantinedAsync(string fileName)
    {
        var found = new List<byte[]>();
        foreach (var path in (await container.PathsAsync()).Where(path => path.StartsWith($"quarantine/{fileName}/", StringComparison.Ordinal)))
            found.Add((await (await container.ClientAsync()).GetBlobClient(path).DownloadContentAsync(Token)).Value.Content.ToArray());
        return found;
    }
}
