using System.Text.RegularExpressions;
using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Azure;

internal sealed partial class AzureBlobLastKnownGoodOptionsValidator : IValidateOptions<AzureBlobLastKnownGoodOptions>
{
    public static readonly TimeSpan MinNetworkTimeout = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxNetworkTimeout = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, AzureBlobLastKnownGoodOptions options) => new OptionFaults(AzureBlobLastKnownGoodOptions.Section)
        .Must(options.ConnectionString is null != options.Endpoint is null, nameof(options.ConnectionString), $"or {nameof(options.Endpoint)} must be set, and not both")
        .Must(options.ConnectionString is null || AzureAccount.IsBlobConnection(options.ConnectionString), nameof(options.ConnectionString), AzureAccount.NoConnection)
        .Must(options.ConnectionString is null || AzureAccount.IsEncryptedBlobConnection(options.ConnectionString), nameof(options.ConnectionString), "must lead to an https address, or to this machine")
        .Must(options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "https" }, nameof(options.Endpoint), "must be an absolute https address")
        .Must(options.ClientId is null || options.Endpoint is not null, nameof(options.ClientId), $"needs {nameof(options.Endpoint)}")
        .Must(ContainerName().IsMatch(options.ContainerName ?? ""), nameof(options.ContainerName), "must be 3 to 63 small letters, digits and single hyphens between them")
        .Between(nameof(options.NetworkTimeout), options.NetworkTimeout, MinNetworkTimeout, MaxNetworkTimeout)
        .ToResult();

    [GeneratedRegex(@"^(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex ContainerName();
}
