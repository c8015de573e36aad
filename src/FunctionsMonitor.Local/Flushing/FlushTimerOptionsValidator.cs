using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Local.Flushing;

internal sealed class FlushTimerOptionsValidator : IValidateOptions<FlushTimerOptions>
{
    public ValidateOptionsResult Validate(string? name, FlushTimerOptions options) =>
        options.TickInterval >= FlushTimerOptions.MinTickInterval && options.TickInterval <= FlushTimerOptions.MaxTickInterval
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{FlushTimerOptions.Section}:{nameof(options.TickInterval)} is {options.TickInterval}; "
                + $"it must be from {FlushTimerOptions.MinTickInterval} to {FlushTimerOptions.MaxTickInterval}.");
}
