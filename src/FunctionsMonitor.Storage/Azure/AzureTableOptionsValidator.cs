using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Azure;

internal sealed class AzureTableOptionsValidator : IValidateOptions<AzureTableOptions>
{
    private const int MinTableName = 3;
    private const int MaxTableName = 63;

    public ValidateOptionsResult Validate(string? name, AzureTableOptions options) => new OptionFaults(AzureTableOptions.Section)
        .Account(options, AzureAccount.TableAddressOf)
        .Must(IsTableName(options.TableName), nameof(options.TableName), $"must be {MinTableName} to {MaxTableName} letters and digits that begin with a letter, and not 'tables'")
        .Between(nameof(options.NetworkTimeout), options.NetworkTimeout, AzureAccountOptions.MinTimeout, AzureAccountOptions.MaxTimeout)
        .ToResult();

    private static bool IsTableName(string? name) =>
        name is { Length: >= MinTableName and <= MaxTableName } && char.IsAsciiLetter(name[0]) && name.All(char.IsAsciiLetterOrDigit)
        && !name.Equals("tables", StringComparison.OrdinalIgnoreCase);
}
