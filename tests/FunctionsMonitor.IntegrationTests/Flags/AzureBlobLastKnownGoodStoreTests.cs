using Azure;
using Azure.Storage.Blobs;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Azurite;

namespace FunctionsMonitor.IntegrationTests.Flags;

/// <summary>Against a real Azurite, each test in a container of its own.</summary>
public sealed class AzureBlobLastKnownGoodStoreTests(AzuriteFixture azurite) : IAsyncDisposable
{
    private readonly string containerName = $"c{Guid.NewGuid():N}";
    private BlobContainerClient? container;

    [Fact]
    public async Task The_first_write_makes_the_container_and_whoever_reads_sees_the_last_one()
    {
        var (one, other) = (await CreateAsync(), await CreateAsync());
        Assert.Null(await one.ReadAsync(TestContext.Current.CancellationToken));
        Assert.False(await container!.ExistsAsync(TestContext.Current.CancellationToken));

        await one.WriteAsync("a longer first"u8.ToArray(), TestContext.Current.CancellationToken);
        await other.WriteAsync("second"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("second"u8.ToArray(), (await one.ReadAsync(TestContext.Current.CancellationToken))!.Value.ToArray());

        await container.DeleteAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(await other.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Many_first_writers_at_once_all_succeed()
    {
        var store = await CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.WriteAsync(new[] { (byte)i }, TestContext.Current.CancellationToken).AsTask()));
        Assert.Equal(1, (await store.ReadAsync(TestContext.Current.CancellationToken))!.Value.Length);
    }

    [Fact]
    public async Task A_document_larger_than_a_property_of_a_table_is_kept_whole()
    {
        var content = new byte[400_000];
        Random.Shared.NextBytes(content);
        var store = await CreateAsync();
        await store.WriteAsync(content, TestContext.Current.CancellationToken);
        Assert.Equal(content, (await store.ReadAsync(TestContext.Current.CancellationToken))!.Value.ToArray());
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_an_error_at_once()
    {
        var store = new AzureBlobLastKnownGoodStore(new()
        {
            ConnectionString = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey={Convert.ToBase64String("key"u8)};BlobEndpoint=http://127.0.0.1:9/a;",
        });
        await Assert.ThrowsAnyAsync<RequestFailedException>(async () => await store.ReadAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<RequestFailedException>(async () => await store.WriteAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        // Azurite forgets; one that was named by the environment may not.
        if (container is not null)
            await container.DeleteIfExistsAsync(cancellationToken: CancellationToken.None);
    }

    private async Task<AzureBlobLastKnownGoodStore> CreateAsync()
    {
        var options = new AzureBlobLastKnownGoodOptions { ConnectionString = await azurite.ConnectionStringAsync(), ContainerName = containerName };
        container = new BlobContainerClient(options.ConnectionString, containerName);
        return new(options);
    }
}
