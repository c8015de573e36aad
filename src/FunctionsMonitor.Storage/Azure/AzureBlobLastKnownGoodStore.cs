using System.Net;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
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
        var settings = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = options.NetworkTimeout } };
        if (transport is not null)
            settings.Transport = transport;
        var service = options.ConnectionString is { } connection
            ? new BlobServiceClient(connection, settings)
            : new BlobServiceClient(options.Endpoint!, Credential(options), settings);
        container = service.GetBlobContainerClient(options.ContainerName);
        blob = container.GetBlobClient(BlobName);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            return answer.Value.Content.ToMemory();
        }
        catch (RequestFailedException exception) when (exception.Status == (int)HttpStatusCode.NotFound)
        {
            // Neither blob nor container: nobody wrote one yet.
            return null;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        for (var made = false; ; made = true)
        {
            try
            {
                await blob.UploadAsync(BinaryData.FromBytes(content), new BlobUploadOptions { HttpHeaders = Json }, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RequestFailedException exception) when (!made && exception.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                // Only now, so that an app which may not make containers can do with one that was made for it.
                await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static TokenCredential Credential(AzureBlobLastKnownGoodOptions options) =>
        new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId });
}
