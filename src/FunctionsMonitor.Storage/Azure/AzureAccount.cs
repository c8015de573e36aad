using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>A storage account as the configuration names it: by a connection string, or by its endpoints for an identity.</summary>
internal sealed record AzureAccount(string? ConnectionString, Uri? BlobEndpoint, Uri? TableEndpoint, string? ClientId)
{
    /// <summary>Of a wrong connection string, which most often stands in another setting than the one that is validated.</summary>
    public const string NoConnection = "is not a storage account's connection string (where it is not set itself, ConnectionStrings:AzureStorage is meant, on Functions AzureWebJobsStorage)";

    private const string Connection = "ConnectionStrings:AzureStorage";

    /// <summary>The account for everything that has none of its own; null when none is named.</summary>
    /// <param name="configuration">With <c>ConnectionStrings:AzureStorage</c>, a connection string or a section of endpoints.</param>
    /// <param name="hostSetting">Where else to look: on Azure Functions <c>AzureWebJobsStorage</c>, which has the same two forms.</param>
    public static AzureAccount? Find(IConfiguration configuration, string? hostSetting) =>
        At(configuration.GetSection(Connection)) ?? (hostSetting is null ? null : At(configuration.GetSection(hostSetting)));

    /// <summary>Signs in as the app: with its managed identity on Azure, as whoever is signed in on a developer's machine.</summary>
    public static TokenCredential Identity(string? clientId) =>
        new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });

    public static bool IsBlobConnection(string text) => BlobAddressOf(text) is not null;

    public static bool IsTableConnection(string text) => TableAddressOf(text) is not null;

    /// <summary>Over https, or never leaving this machine: what is no connection string at all has a fault of its own.</summary>
    public static bool IsEncryptedBlobConnection(string text) => BlobAddressOf(text) is not { } address || IsEncrypted(address);

    public static bool IsEncryptedTableConnection(string text) => TableAddressOf(text) is not { } address || IsEncrypted(address);

    public static bool IsOnThisMachine(string text) => BlobAddressOf(text) is { IsLoopback: true };

    private static bool IsEncrypted(Uri address) => address.Scheme == Uri.UriSchemeHttps || address.IsLoopback;

    private static Uri? BlobAddressOf(string text) => AddressOf(() => new BlobServiceClient(text).Uri);

    private static Uri? TableAddressOf(string text) => AddressOf(() => new TableServiceClient(text).Uri);

    // What the client library says of a wrong one is dropped: it may quote a part of it, and that may be the key.
    private static Uri? AddressOf(Func<Uri> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static AzureAccount? At(IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
            return new(section.Value, null, null, null);

        var name = section["accountName"];
        var blobs = Endpoint(section["blobServiceUri"], name, "blob");
        var tables = Endpoint(section["tableServiceUri"], name, "table");
        return blobs is null && tables is null ? null : new(null, blobs, tables, section["clientId"]);
    }

    private static Uri? Endpoint(string? address, string? account, string service) =>
        !string.IsNullOrEmpty(address) ? new Uri(address, UriKind.RelativeOrAbsolute)
        : !string.IsNullOrEmpty(account) ? new Uri($"https://{account}.{service}.core.windows.net")
        : null;
}
