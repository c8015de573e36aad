using Azure.Storage.Blobs.Models;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// The empty blob that takes the name of a write which was given up. Without it a request that is still on its way could make a segment appear
/// after its events were refused; with it that request is refused itself. No listing shows it.
/// </summary>
internal static class AbandonedName
{
    public const string ContentType = "application/vnd.functionsmonitor.abandoned";

    /// <summary>A request of this age is on its way no more: the service gives an upload ten minutes a megabyte.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    public static bool Is(BlobItem blob) => blob.Properties is { ContentLength: 0, ContentType: ContentType };
}
