using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>Makes the client library's clients. None of them retries: a retried write that was applied the first time would meet what it wrote itself.</summary>
internal static class AzureClients
{
    /// <param name="account">Valid.</param>
    /// <param name="name">Of the container.</param>
    /// <param name="timeout">For one request.</param>
    /// <param name="transport">Another than the machine's own network.</param>
    public static BlobContainerClient Container(AzureAccountOptions account, string name, TimeSpan timeout, HttpPipelineTransport? transport)
    {
        var settings = Once(new BlobClientOptions(), timeout, transport);
        var service = account.ConnectionString is { } connection
            ? new BlobServiceClient(connection, settings)
            : new BlobServiceClient(account.Endpoint!, AzureAccount.Identity(account.ClientId), settings);
        return service.GetBlobContainerClient(name);
    }

    /// <param name="account">Valid.</param>
    /// <param name="name">Of the table.</param>
    /// <param name="timeout">For one request.</param>
    /// <param name="transport">Another than the machine's own network.</param>
    public static TableClient Table(AzureAccountOptions account, string name, TimeSpan timeout, HttpPipelineTransport? transport)
    {
        var settings = Once(new TableClientOptions(), timeout, transport);
        return account.ConnectionString is { } connection
            ? new TableClient(connection, name, settings)
            : new TableClient(account.Endpoint!, name, AzureAccount.Identity(account.ClientId), settings);
    }

    private static T Once<T>(T settings, TimeSpan timeout, HttpPipelineTransport? transport) where T : ClientOptions
    {
        settings.Retry.MaxRetries = 0;
        settings.Retry.NetworkTimeout = timeout;
        if (transport is not null)
            settings.Transport = transport;
        return settings;
    }
}
