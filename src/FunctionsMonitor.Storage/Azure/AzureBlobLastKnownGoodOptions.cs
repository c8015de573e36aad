namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// Where Azure Blob Storage is that keeps the last good answer of App Configuration. Section <c>LastKnownGood</c>. One of the first two is
/// needed, not both.
/// </summary>
public sealed class AzureBlobLastKnownGoodOptions
{
    public const string Section = "LastKnownGood";
    public const string DefaultContainerName = "flags";

    /// <summary>Of the storage account, with its key or a shared access signature.</summary>
    /// <value>Null; when <see cref="Endpoint"/> is null too, the account that segments are in.</value>
    public string? ConnectionString { get; set; }

    /// <summary>Of the account's blobs, such as <c>https://account.blob.core.windows.net</c>. No secret: the app's identity signs in.</summary>
    /// <value>Null; https, because a token is sent.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Which user-assigned managed identity signs in at <see cref="Endpoint"/>.</summary>
    /// <value>Null: the app's own identity, or on a developer's machine whoever is signed in there.</value>
    public string? ClientId { get; set; }

    /// <summary>Made when it is first written to.</summary>
    /// <value><c>flags</c>; 3 to 63 small letters, digits and single hyphens.</value>
    public string ContainerName { get; set; } = DefaultContainerName;

    /// <summary>How long one request may take. There are no retries: the next refresh is one.</summary>
    /// <value>5 seconds; 100 ms to 1 minute.</value>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
