using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Flushing;

internal sealed class FlushOptionsValidator : IValidateOptions<FlushOptions>
{
    public ValidateOptionsResult Validate(string? name, FlushOptions options) => new OptionFaults(FlushOptions.Section)
        .Between(nameof(options.TransactionEvents), options.TransactionEvents, 1, 1_000_000)
        .Between(nameof(options.TransactionBytes), options.TransactionBytes, 64 * 1024, 256 * 1024 * 1024)
        .Between(nameof(options.TimeBudget), options.TimeBudget, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .ToResult();
}
