using System.Text.RegularExpressions;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>What holds for every container that this app has.</summary>
internal static partial class BlobContainers
{
    public static bool IsName(string? text) => text is not null && Name().IsMatch(text);

    /// <summary>
    /// Writes, and makes the container for it when there is none. Only then, so that an app which may not make containers can do with one that
    /// was made for it.
    /// </summary>
    public static async ValueTask WriteAsync(this BlobContainerClient container, Func<Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            await write().ConfigureAwait(false);
        }
    }

    [GeneratedRegex(@"^(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex Name();
}
