using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Azure;

internal sealed class BlobSegmentStoreOptionsValidator : IValidateOptions<BlobSegmentStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, BlobSegmentStoreOptions options) => new OptionFaults(BlobSegmentStoreOptions.Section)
        .Account(options, AzureAccount.BlobAddressOf)
        .Must(BlobContainers.IsName(options.ContainerName), nameof(options.ContainerName), "must be 3 to 63 lower-case letters, digits and single hyphens between them")
        .Between(nameof(options.Timeout), options.Timeout, AzureAccountOptions.MinTimeout, AzureAccountOptions.MaxTimeout)
        .ToResult();
}
