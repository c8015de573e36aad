using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Events;

internal sealed class IngestOptionsValidator : IValidateOptions<IngestOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestOptions options) => new OptionFaults(IngestOptions.Section)
        .Between(nameof(options.MaxBodyBytes), options.MaxBodyBytes, 1024, 64 * 1024 * 1024)
        .Between(nameof(options.MaxEvents), options.MaxEvents, 1, 1_000_000)
        .Between(nameof(options.MaxDepth), options.MaxDepth, 2, IngestOptions.HighestMaxDepth)
        .Between(nameof(options.MaxEventBytes), options.MaxEventBytes, 256, 1024 * 1024)
        .Between(nameof(options.MaxClockLead), options.MaxClockLead, TimeSpan.Zero, TimeSpan.FromDays(7))
        .ToResult();
}
