using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Flags;

internal sealed class FlagOptionsValidator : IValidateOptions<FlagOptions>
{
    public ValidateOptionsResult Validate(string? name, FlagOptions options) => new OptionFaults(FlagOptions.Section)
        .Between(nameof(options.RefreshInterval), options.RefreshInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .ToResult();
}
