using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Resilience;

/// <summary>Checks every bound of <see cref="ResiliencePipelineSettings"/>, and says which member breaks which.</summary>
internal sealed class ResiliencePipelineSettingsValidator : IValidateOptions<ResiliencePipelineSettings>
{
    public ValidateOptionsResult Validate(string? name, ResiliencePipelineSettings options)
    {
        List<string> failures = [];
        Between(nameof(options.TotalTimeout), options.TotalTimeout, ResiliencePipelineSettings.MinTotalTimeout, ResiliencePipelineSettings.MaxTotalTimeout);
        Between(nameof(options.MaxAttempts), options.MaxAttempts, ResiliencePipelineSettings.MinMaxAttempts, ResiliencePipelineSettings.MaxMaxAttempts);
        Between(nameof(options.RetryDelay), options.RetryDelay, ResiliencePipelineSettings.MinDelay, ResiliencePipelineSettings.MaxDelay);
        Between(nameof(options.MaxRetryDelay), options.MaxRetryDelay, ResiliencePipelineSettings.MinDelay, ResiliencePipelineSettings.MaxDelay);
        Between(nameof(options.FailureThreshold), options.FailureThreshold, ResiliencePipelineSettings.MinFailureThreshold, ResiliencePipelineSettings.MaxFailureThreshold);
        Between(nameof(options.BreakDuration), options.BreakDuration, ResiliencePipelineSettings.MinBreakerDuration, ResiliencePipelineSettings.MaxBreakerDuration);
        Between(nameof(options.SamplingDuration), options.SamplingDuration, ResiliencePipelineSettings.MinBreakerDuration, ResiliencePipelineSettings.MaxBreakerDuration);
        Between(nameof(options.SuccessThreshold), options.SuccessThreshold, 1, ResiliencePipelineSettings.MaxSuccessThreshold);
        Between(nameof(options.ProbeLease), options.ProbeLease, ResiliencePipelineSettings.MinBreakerDuration, ResiliencePipelineSettings.MaxProbeLease);
        Between(nameof(options.Quorum), options.Quorum, 1, ResiliencePipelineSettings.MaxQuorum);
        Between(nameof(options.RefreshInterval), options.RefreshInterval, ResiliencePipelineSettings.MinRefreshInterval, ResiliencePipelineSettings.MaxRefreshInterval);
        Between(nameof(options.MaxBreakDuration), options.MaxBreakDuration, ResiliencePipelineSettings.MinBreakerDuration, ResiliencePipelineSettings.MaxBreakerDuration);

        if (options.RetryDelay > options.MaxRetryDelay)
            Fail(nameof(options.RetryDelay), $"must not be above {nameof(options.MaxRetryDelay)} ({options.MaxRetryDelay}); it is {options.RetryDelay}.");
        if (options.AttemptTimeout is null)
            Fail(nameof(options.AttemptTimeout), "must be given.");

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Between<T>(string member, T value, T min, T max) where T : IComparable<T>
        {
            if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
                Fail(member, $"must be between {min} and {max}; it is {value}.");
        }

        void Fail(string member, string rule) =>
            failures.Add($"{ResiliencePipelineSettings.SectionName}:{name}:{member} {rule}");
    }
}
