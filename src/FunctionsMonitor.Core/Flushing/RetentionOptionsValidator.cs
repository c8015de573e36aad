using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Flushing;

internal sealed class RetentionOptionsValidator : IValidateOptions<RetentionOptions>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, RetentionOptions options) => new OptionFaults(RetentionOptions.Section)
        .Between(nameof(options.Events), options.Events, Day, 3650 * Day)
        .Between(nameof(options.DeadLetters), options.DeadLetters, Day, 3650 * Day)
        .Between(nameof(options.SegmentRows), options.SegmentRows, Day, 365 * Day)
        .Between(nameof(options.Flushes), options.Flushes, Day, 365 * Day)
        .Between(nameof(options.MaxDeadLetters), options.MaxDeadLetters, 1, long.MaxValue)
        .ToResult();
}
