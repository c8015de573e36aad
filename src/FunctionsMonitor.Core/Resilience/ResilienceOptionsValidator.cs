using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Resilience;

internal sealed class ResilienceOptionsValidator : IValidateOptions<ResilienceOptions>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, ResilienceOptions options) =>
        new OptionFaults($"{ResilienceOptions.Section}:{(string.IsNullOrEmpty(name) ? "Default" : name)}")
            .Between(nameof(options.TotalTimeout), options.TotalTimeout, Second, TimeSpan.FromHours(1))
            .Between(nameof(options.MaxAttempts), options.MaxAttempts, 1, 10)
            .Between(nameof(options.RetryDelay), options.RetryDelay, TimeSpan.Zero, TimeSpan.FromMinutes(1))
            .Between(nameof(options.MaxRetryDelay), options.MaxRetryDelay, TimeSpan.Zero, TimeSpan.FromMinutes(10))
            .Between(nameof(options.FailureThreshold), options.FailureThreshold, 2, 1000)
            .Between(nameof(options.SamplingDuration), options.SamplingDuration, Second, TimeSpan.FromDays(1))
            .Between(nameof(options.BreakDuration), options.BreakDuration, Second / 2, TimeSpan.FromDays(1))
            .ToResult();
}
