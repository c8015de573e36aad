using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Azure;

internal sealed class AzureBlobLastKnownGoodOptionsValidator : IValidateOptions<AzureBlobLastKnownGoodOptions>
{
    public ValidateOptionsResult Validate(string? name, AzureBlobLastKnownGoodOptions options) => new OptionFaults(AzureBlobLastKnownGoodOptions.Section)
        .Account(options, AzureAccount.BlobAddressOf)
        .Must(BlobContainers.IsName(options.ContainerName), nameof(options.ContainerName), "must be 3 to 63 small letters, digits and single hyphens between them")
        .Between(nameof(options.NetworkTimeout), options.NetworkTimeout, AzureAccountOptions.MinTimeout, AzureAccountOptions.MaxTimeout)
        .ToResult();
}
