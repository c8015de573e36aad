namespace FunctionsMonitor.Storage.Azure;

/// <summary>Where the blob container of segments is. Section <c>SegmentContainer</c>. One of the first two is needed, not both.</summary>
public sealed class BlobSegmentStoreOptions
{
    public const string Section = "SegmentContainer";
    public const string DefaultContainerName = "functionsmonitor";

    /// <summary>Of the storage account, with its key or a shared access signature.</summary>
    /// <value>Null; when <see cref="Endpoint"/> is null too, <c>ConnectionStrings:AzureStorage</c>.</value>
    public string? ConnectionString { get; set; }

    /// <summary>Of the account's blobs, such as <c>https://account.blob.core.windows.net</c>. No secret: the app's identity signs in.</summary>
    /// <value>Null; https, because a token is sent.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Which user-assigned managed identity signs in at <see cref="Endpoint"/>.</summary>
    /// <value>Null: the app's own identity, or on a developer's machine whoever is signed in there.</value>
    public string? ClientId { get; set; }

    /// <summary>Made, private, when it is first written to.</summary>
    /// <value><c>functionsmonitor</c>; 3 to 63 lower-case letters, digits and single hyphens.</value>
    public string ContainerName { get; set; } = DefaultContainerName;

    /// <summary>
    /// Spread names over 16 prefixes. The service keeps neighbouring names together, and names that begin with the time are all neighbours: one
    /// prefix is one server's load. It may be changed at any time, also while segments wait.
    /// </summary>
    /// <value>False: one prefix is listed with fewer requests, and takes what dozens of instances write.</value>
    public bool SpreadNames { get; set; }

    /// <summary>How long one operation may take, from the first byte sent to the last received. There are no retries.</summary>
    /// <value>10 seconds; 100 ms to 1 minute.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
