using Azure;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// The last good answer of App Configuration in one blob, shared by all instances of an app. A blob and not a row of the breakers' table: a
/// property there holds 64 KiB, and nine feature flags with their labels may be longer.
/// </summary>
internal sealed class AzureBlobLastKnownGoodStore : ILastKnownGoodStore
{
    private const string BlobName = "app-configuration.json";
    private static readonly BlobHttpHeaders Json = new() { ContentType = "application/json" };
    private readonly BlobContainerClient container;
    private readonly BlobClient blob;

    /// <param name="options">Valid ones.</param>
    /// <param name="transport">Another than the machine's own network.</param>
    public AzureBlobLastKnownGoodStore(AzureBlobLastKnownGoodOptions options, HttpPipelineTransport? transport = null)
    {
        container = AzureClients.Container(options, options.ContainerName, options.NetworkTimeout, transport);
        blob = container.GetBlobClient(BlobName);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            return answer.Value.Content.ToMemory();
        }
        catch (RequestFailedException exception) when (BlobErrors.IsAbsent(exception))
        {
            // Neither blob nor container: nobody wrote one yet.
            return null;
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => container.WriteAsync(
        () => blob.UploadAsync(BinaryData.FromBytes(content), new BlobUploadOptions { HttpHeaders = Json }, cancellationToken), cancellationToken);
}
