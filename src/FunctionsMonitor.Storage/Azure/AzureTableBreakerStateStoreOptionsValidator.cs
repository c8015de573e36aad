using Azure.Data.Tables;
using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Azure;

internal sealed class AzureTableBreakerStateStoreOptionsValidator : IValidateOptions<AzureTableBreakerStateStoreOptions>
{
    public static readonly TimeSpan MinNetworkTimeout = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxNetworkTimeout = TimeSpan.FromMinutes(1);
    private const int MinTableName = 3;
    private const int MaxTableName = 63;

    public ValidateOptionsResult Validate(string? name, AzureTableBreakerStateStoreOptions options) => new OptionFaults(AzureTableBreakerStateStoreOptions.Section)
        .Must(options.ConnectionString is null != options.Endpoint is null, nameof(options.ConnectionString), $"or {nameof(options.Endpoint)} must be set, and not both")
        .Must(options.ConnectionString is null || IsConnectionString(options.ConnectionString), nameof(options.ConnectionString), "is not a storage account's connection string")
        .Must(options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "https" }, nameof(options.Endpoint), "must be an absolute https address")
        .Must(options.ClientId is null || options.Endpoint is not null, nameof(options.ClientId), $"needs {nameof(options.Endpoint)}")
        .Must(IsTableName(options.TableName), nameof(options.TableName), $"must be {MinTableName} to {MaxTableName} letters and digits that begin with a letter, and not 'tables'")
        .Between(nameof(options.NetworkTimeout), options.NetworkTimeout, MinNetworkTimeout, MaxNetworkTimeout)
        .ToResult();

    // What the client library says of a wrong one is dropped: it may quote a part of it, and that may be the key.
    private static bool IsConnectionString(string text)
    {
        try
        {
            _ = new TableServiceClient(text);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsTableName(string? name) =>
        name is { Length: >= MinTableName and <= MaxTableName } && char.IsAsciiLetter(name[0]) && name.All(char.IsAsciiLetterOrDigit)
        && !name.Equals("tables", StringComparison.OrdinalIgnoreCase);
}
