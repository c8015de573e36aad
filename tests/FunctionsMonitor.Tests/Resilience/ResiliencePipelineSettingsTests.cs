using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Resilience;

public sealed class ResiliencePipelineSettingsTests
{
    private static readonly TimeSpan _tick = TimeSpan.FromTicks(1);

    /// <summary>For every bound: the member, the last value accepted, the first rejected, and how the message goes on.</summary>
    public static TheoryData<string, ResiliencePipelineSettings, ResiliencePipelineSettings, string> Bounds
    {
        get
        {
            var s = new ResiliencePipelineSettings { RetryDelay = TimeSpan.Zero };
            var hour = TimeSpan.FromHours(1);
            var day = TimeSpan.FromDays(1);
            var half = TimeSpan.FromMilliseconds(500);
            var ten = TimeSpan.FromMilliseconds(10);
            return new()
            {
                { "TotalTimeout", s with { TotalTimeout = ten }, s with { TotalTimeout = ten - _tick }, "between 00:00:00.0100000 and 01:00:00; it is 00:00:00.0099999." },
                { "TotalTimeout", s with { TotalTimeout = hour }, s with { TotalTimeout = hour + _tick }, "between 00:00:00.0100000 and 01:00:00; it is 01:00:00.0000001." },
                { "MaxAttempts", s with { MaxAttempts = 1 }, s with { MaxAttempts = 0 }, "between 1 and 20; it is 0." },
                { "MaxAttempts", s with { MaxAttempts = 20 }, s with { MaxAttempts = 21 }, "between 1 and 20; it is 21." },
                { "RetryDelay", s with { RetryDelay = TimeSpan.Zero }, s with { RetryDelay = -_tick }, "between 00:00:00 and 01:00:00; it is -00:00:00.0000001." },
                { "RetryDelay", s with { RetryDelay = hour, MaxRetryDelay = hour }, s with { RetryDelay = hour + _tick, MaxRetryDelay = hour }, "between 00:00:00 and 01:00:00; it is 01:00:00.0000001." },
                { "RetryDelay", s with { RetryDelay = ten, MaxRetryDelay = ten }, s with { RetryDelay = ten + _tick, MaxRetryDelay = ten }, "not be above MaxRetryDelay (00:00:00.0100000); it is 00:00:00.0100001." },
                { "MaxRetryDelay", s with { MaxRetryDelay = TimeSpan.Zero }, s with { MaxRetryDelay = -_tick }, "between 00:00:00 and 01:00:00; it is -00:00:00.0000001." },
                { "MaxRetryDelay", s with { MaxRetryDelay = hour }, s with { MaxRetryDelay = hour + _tick }, "between 00:00:00 and 01:00:00; it is 01:00:00.0000001." },
                { "FailureThreshold", s with { FailureThreshold = 1 }, s with { FailureThreshold = 0 }, "between 1 and 1000; it is 0." },
                { "FailureThreshold", s with { FailureThreshold = 1000 }, s with { FailureThreshold = 1001 }, "between 1 and 1000; it is 1001." },
                { "BreakDuration", s with { BreakDuration = half }, s with { BreakDuration = half - _tick }, "between 00:00:00.5000000 and 1.00:00:00; it is 00:00:00.4999999." },
                { "BreakDuration", s with { BreakDuration = day }, s with { BreakDuration = day + _tick }, "between 00:00:00.5000000 and 1.00:00:00; it is 1.00:00:00.0000001." },
                { "MaxBreakDuration", s with { MaxBreakDuration = half }, s with { MaxBreakDuration = half - _tick }, "between 00:00:00.5000000 and 1.00:00:00; it is 00:00:00.4999999." },
                { "MaxBreakDuration", s with { MaxBreakDuration = day }, s with { MaxBreakDuration = day + _tick }, "between 00:00:00.5000000 and 1.00:00:00; it is 1.00:00:00.0000001." },
                { "SuccessThreshold", s with { SuccessThreshold = 1 }, s with { SuccessThreshold = 0 }, "between 1 and 100; it is 0." },
                { "SuccessThreshold", s with { SuccessThreshold = 100 }, s with { SuccessThreshold = 101 }, "between 1 and 100; it is 101." },
                { "ProbeLease", s with { ProbeLease = half }, s with { ProbeLease = half - _tick }, "between 00:00:00.5000000 and 00:10:00; it is 00:00:00.4999999." },
                { "ProbeLease", s with { ProbeLease = TimeSpan.FromMinutes(10) }, s with { ProbeLease = TimeSpan.FromMinutes(10) + _tick }, "between 00:00:00.5000000 and 00:10:00; it is 00:10:00.0000001." },
                { "Quorum", s with { Quorum = 1 }, s with { Quorum = 0 }, "between 1 and 16; it is 0." },
                { "Quorum", s with { Quorum = 16 }, s with { Quorum = 17 }, "between 1 and 16; it is 17." },
                { "RefreshInterval", s with { RefreshInterval = ten * 10 }, s with { RefreshInterval = ten * 10 - _tick }, "between 00:00:00.1000000 and 00:05:00; it is 00:00:00.0999999." },
                { "RefreshInterval", s with { RefreshInterval = TimeSpan.FromMinutes(5) }, s with { RefreshInterval = TimeSpan.FromMinutes(5) + _tick }, "between 00:00:00.1000000 and 00:05:00; it is 00:05:00.0000001." },
                { "SamplingDuration", s with { SamplingDuration = half }, s with { SamplingDuration = half - _tick }, "between 00:00:00.5000000 and 1.00:00:00; it is 00:00:00.4999999." },
                { "SamplingDuration", s with { SamplingDuration = day }, s with { SamplingDuration = day + _tick }, "between 00:00:00.5000000 and 1.00:00:00; it is 1.00:00:00.0000001." },
            };
        }
    }

    [Fact]
    public void The_defaults_are_those_of_the_design()
    {
        var settings = new ResiliencePipelineSettings();

        Assert.Equal(
            (TimeSpan.FromSeconds(60), 3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), true),
            (settings.TotalTimeout, settings.MaxAttempts, settings.RetryDelay, settings.MaxRetryDelay, settings.UseJitter));
        Assert.Equal((5, TimeSpan.FromSeconds(60), 2), (settings.FailureThreshold, settings.BreakDuration, settings.SuccessThreshold));
        Assert.Equal(TimeSpan.FromSeconds(5), settings.AttemptTimeout());
    }

    [Theory]
    [MemberData(nameof(Bounds), DisableDiscoveryEnumeration = true)]
    public void Every_bound_is_kept_and_named(
        string member, ResiliencePipelineSettings accepted, ResiliencePipelineSettings rejected, string message)
    {
        // Through the registry, so that what we accept is also what Polly accepts.
        var fixture = new PipelineFixture();
        fixture.Create(accepted);
        var error = Assert.Throws<OptionsValidationException>(() => fixture.Create(rejected, "other"));

        Assert.Contains($"Resilience:other:{member} must {(message.StartsWith("not", StringComparison.Ordinal) ? "" : "be ")}{message}", error.Failures);
    }

    [Fact]
    public void The_attempt_timeout_must_be_given()
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => new PipelineFixture().Create(new ResiliencePipelineSettings { AttemptTimeout = null! }));

        Assert.Equal(["Resilience:store:AttemptTimeout must be given."], error.Failures);
    }
}
