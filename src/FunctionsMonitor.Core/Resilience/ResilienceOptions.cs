namespace FunctionsMonitor.Resilience;

/// <summary>How one named pipeline behaves. Section <c>Resilience:{name}</c>, over <c>Resilience:Default</c>.</summary>
public sealed class ResilienceOptions
{
    public const string Section = "Resilience";

    /// <summary>Everything together: attempts and the waits between them.</summary>
    /// <value>60 seconds; 1 second to 1 hour.</value>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Attempts in all, the first one included.</summary>
    /// <value>3; 1 to 10.</value>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Before the second attempt; doubled for each one after it.</summary>
    /// <value>1 second; 0 to 1 minute.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>No wait is longer.</summary>
    /// <value>60 seconds; 0 to 10 minutes.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Spread the waits, so that instances that failed together do not come back together.</summary>
    public bool UseJitter { get; set; } = true;

    /// <summary>Failed attempts, with no success among them, that open the breaker.</summary>
    /// <value>5; 2 to 1,000.</value>
    public int FailureThreshold { get; set; } = 5;

    /// <summary>The time within which they count.</summary>
    /// <value>10 minutes; 1 second to 1 day.</value>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the breaker stays open before it lets one attempt through.</summary>
    /// <value>60 seconds; 0.5 seconds to 1 day.</value>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(60);
}
