using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Azure;

internal sealed class AzureTableOptionsValidator : IValidateOptions<AzureTableOptions>
{
    public static readonly TimeSpan MinNetworkTimeout = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxNetworkTimeout = TimeSpan.FromMinutes(1);
    private const int MinTableName = 3;
    private const int MaxTableName = 63;

    public ValidateOptionsResult Validate(string? name, AzureTableOptions options) => new OptionFaults(AzureTableOptions.Section)
        .Must(options.ConnectionString is null != options.Endpoint is null, nameof(options.ConnectionString), $"or {nameof(options.Endpoint)} must be set, and not both")
        .Must(options.ConnectionString is null || AzureAccount.IsTableConnection(options.ConnectionString), nameof(options.ConnectionString), AzureAccount.NoConnection)
        .Must(options.ConnectionString is null || AzureAccount.IsEncryptedTableConnection(options.ConnectionString), nameof(options.ConnectionString), "must lead to an https address, or to this machine")
        .Must(options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "https" }, nameof(options.Endpoint), "must be an absolute https address")
        .Must(options.ClientId is null || options.Endpoint is not null, nameof(options.ClientId), $"needs {nameof(options.Endpoint)}")
        .Must(IsTableName(options.TableName), nameof(options.TableName), $"must be {MinTableName} to {MaxTableName} letters and digits that begin with a letter, and not 'tables'")
        .Between(nameof(options.NetworkTimeout), options.NetworkTimeout, MinNetworkTimeout, MaxNetworkTimeout)
        .ToResult();

    private static bool IsTableName(string? name) =>
        name is { Length: >= MinTableName and <= MaxTableName } && char.IsAsciiLetter(name[0]) && name.All(char.IsAsciiLetterOrDigit)
        && !name.Equals("tables", StringComparison.OrdinalIgnoreCase);
}
