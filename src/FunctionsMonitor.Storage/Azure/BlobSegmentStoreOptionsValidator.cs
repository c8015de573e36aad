using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Azure;

internal sealed class BlobSegmentStoreOptionsValidator : IValidateOptions<BlobSegmentStoreOptions>
{
    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(1);
    private const int MinContainerName = 3;
    private const int MaxContainerName = 63;

    public ValidateOptionsResult Validate(string? name, BlobSegmentStoreOptions options) => new OptionFaults(BlobSegmentStoreOptions.Section)
        .Must(options.ConnectionString is null != options.Endpoint is null, nameof(options.ConnectionString), $"or {nameof(options.Endpoint)} must be set, and not both")
        .Must(options.ConnectionString is null || AzureAccount.IsBlobConnection(options.ConnectionString), nameof(options.ConnectionString), AzureAccount.NoConnection)
        .Must(options.ConnectionString is null || AzureAccount.IsEncryptedBlobConnection(options.ConnectionString), nameof(options.ConnectionString), "must lead to an https address, or to this machine")
        .Must(options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "https" }, nameof(options.Endpoint), "must be an absolute https address")
        .Must(options.ClientId is null || options.Endpoint is not null, nameof(options.ClientId), $"needs {nameof(options.Endpoint)}")
        .Must(IsContainerName(options.ContainerName), nameof(options.ContainerName), $"must be {MinContainerName} to {MaxContainerName} lower-case letters, digits and single hyphens between them")
        .Between(nameof(options.Timeout), options.Timeout, MinTimeout, MaxTimeout)
        .ToResult();

    private static bool IsContainerName(string? name) =>
        name is { Length: >= MinContainerName and <= MaxContainerName }
        && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')
        && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal);
}
