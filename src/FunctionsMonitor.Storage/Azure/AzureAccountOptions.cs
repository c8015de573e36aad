namespace FunctionsMonitor.Storage.Azure;

/// <summary>Where a storage account is. One of the first two is needed, not both.</summary>
public abstract class AzureAccountOptions
{
    internal static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Of the storage account, with its key or a shared access signature.</summary>
    /// <value>Null; when <see cref="Endpoint"/> is null too, <c>ConnectionStrings:AzureStorage</c>, on Functions else <c>AzureWebJobsStorage</c>.</value>
    public string? ConnectionString { get; set; }

    /// <summary>Of the account's service, such as <c>https://account.blob.core.windows.net</c>. No secret: the app's identity signs in.</summary>
    /// <value>Null; https, because a token is sent.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Which user-assigned managed identity signs in at <see cref="Endpoint"/>.</summary>
    /// <value>Null: the app's own identity, or on a developer's machine whoever is signed in there.</value>
    public string? ClientId { get; set; }
}
