using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>A storage account as the configuration names it: by a connection string, or by its endpoints for an identity.</summary>
internal sealed record AzureAccount(string? ConnectionString, Uri? BlobEndpoint, Uri? TableEndpoint, string? ClientId)
{
    private const string Connection = "ConnectionStrings:AzureStorage";

    /// <summary>The account for everything that has none of its own; null when none is named.</summary>
    /// <param name="configuration">With <c>ConnectionStrings:AzureStorage</c>, a connection string or a section of endpoints.</param>
    /// <param name="hostSetting">Where else to look: on Azure Functions <c>AzureWebJobsStorage</c>, which has the same two forms.</param>
    public static AzureAccount? Find(IConfiguration configuration, string? hostSetting) =>
        At(configuration.GetSection(Connection)) ?? (hostSetting is null ? null : At(configuration.GetSection(hostSetting)));

    /// <summary>Signs in as the app: with its managed identity on Azure, as whoever is signed in on a developer's machine.</summary>
    public static TokenCredential Identity(string? clientId) =>
        new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });

    /// <summary>Where the blobs are that a connection string leads to; null when it is none.</summary>
    public static Uri? BlobAddressOf(string connection) => AddressOf(() => new BlobServiceClient(connection).Uri);

    /// <summary>Where the tables are that a connection string leads to; null when it is none.</summary>
    public static Uri? TableAddressOf(string connection) => AddressOf(() => new TableServiceClient(connection).Uri);

    public static bool IsOnThisMachine(string connection) => BlobAddressOf(connection) is { IsLoopback: true };

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
