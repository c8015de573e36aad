namespace FunctionsMonitor.Storage.Azure;

/// <summary>Where the Azure table is that keeps what all instances share: breaker state, the time of the last flush, the operator log. Section <c>StateTable</c>. One of the first two is needed, not both.</summary>
public sealed class AzureTableOptions
{
    public const string Section = "StateTable";
    public const string DefaultTableName = "functionsmonitor";

    /// <summary>Of the storage account, with its key or a shared access signature.</summary>
    /// <value>Null; when <see cref="Endpoint"/> is null too, <c>ConnectionStrings:AzureStorage</c>.</value>
    public string? ConnectionString { get; set; }

    /// <summary>Of the account's tables, such as <c>https://account.table.core.windows.net</c>. No secret: the app's identity signs in.</summary>
    /// <value>Null; https, because a token is sent.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Which user-assigned managed identity signs in at <see cref="Endpoint"/>.</summary>
    /// <value>Null: the app's own identity, or on a developer's machine whoever is signed in there.</value>
    public string? ClientId { get; set; }

    /// <summary>Made when it is first written to.</summary>
    /// <value><c>functionsmonitor</c>; 3 to 63 letters and digits that begin with a letter.</value>
    public string TableName { get; set; } = DefaultTableName;

    /// <summary>How long one request may take. There are no retries: the breaker settles what is unknown itself.</summary>
    /// <value>5 seconds; 100 ms to 1 minute.</value>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
