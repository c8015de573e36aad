using FunctionsMonitor.Text;

namespace FunctionsMonitor.Storage.Azure;

internal static class AzureAccountFaults
{
    /// <summary>Of a wrong connection string, which most often stands in another setting than the one that is validated.</summary>
    public const string NoConnection = "is not a storage account's connection string (where it is not set itself, ConnectionStrings:AzureStorage is meant, on Functions AzureWebJobsStorage)";

    /// <param name="faults">Of the options.</param>
    /// <param name="options">To look at.</param>
    /// <param name="addressOf">Where a connection string leads to, for the service that is used; null when it is none.</param>
    public static OptionFaults Account(this OptionFaults faults, AzureAccountOptions options, Func<string, Uri?> addressOf)
    {
        var address = options.ConnectionString is { } connection ? addressOf(connection) : null;
        return faults
            .Must(options.ConnectionString is null != options.Endpoint is null, nameof(options.ConnectionString), $"or {nameof(options.Endpoint)} must be set, and not both")
            .Must(options.ConnectionString is null || address is not null, nameof(options.ConnectionString), NoConnection)
            .Must(address is null || address.Scheme == Uri.UriSchemeHttps || address.IsLoopback, nameof(options.ConnectionString), "must lead to an https address, or to this machine")
            .Must(options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "https" }, nameof(options.Endpoint), "must be an absolute https address")
            .Must(options.ClientId is null || options.Endpoint is not null, nameof(options.ClientId), $"needs {nameof(options.Endpoint)}");
    }
}
