namespace FunctionsMonitor.Resilience;

/// <summary>
/// How one named pipeline waits, retries and breaks. Bound from the configuration section <c>Resilience:{name}</c> over
/// <c>Resilience:Default</c>; <see cref="AttemptTimeout"/> alone is given by the code that creates the pipeline.
/// </summary>
public sealed record ResiliencePipelineSettings
{
    /// <summary>The configuration section that holds one section a pipeline.</summary>
    public const string SectionName = "Resilience";

    /// <summary>The section in <see cref="SectionName"/> whose values hold for every pipeline that does not say otherwise.</summary>
    public const string DefaultSectionName = "Default";

    /// <summary>Each delay is this times the one before it. Fixed: Polly's exponential backoff knows no other factor.</summary>
    public const double RetryBackoffFactor = 2.0;

    public static readonly TimeSpan DefaultTotalTimeout = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan MinTotalTimeout = TimeSpan.FromMilliseconds(10);
    public static readonly TimeSpan MaxTotalTimeout = TimeSpan.FromHours(1);

    public const int DefaultMaxAttempts = 3;
    public const int MinMaxAttempts = 1;
    public const int MaxMaxAttempts = 20;

    public static readonly TimeSpan DefaultRetryDelay = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan DefaultMaxRetryDelay = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan MinDelay = TimeSpan.Zero;
    public static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    public const int DefaultFailureThreshold = 5;

    public const int MinFailureThreshold = 1;
    public const int MaxFailureThreshold = 1000;

    public static readonly TimeSpan DefaultBreakDuration = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan DefaultSamplingDuration = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan DefaultMaxBreakDuration = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan DefaultProbeLease = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan MaxProbeLease = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan DefaultRefreshInterval = TimeSpan.FromSeconds(2.5);
    public static readonly TimeSpan MinRefreshInterval = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxRefreshInterval = TimeSpan.FromMinutes(5);

    public const int DefaultSuccessThreshold = 2;
    public const int MaxSuccessThreshold = 100;
    public const int DefaultQuorum = 1;
    public const int MaxQuorum = 16;

    public static readonly TimeSpan MinBreakerDuration = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan MaxBreakerDuration = TimeSpan.FromDays(1);

    public static readonly TimeSpan DefaultAttemptTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The most a call takes, its retries and the delays between them included.</summary>
    /// <value>Default 60 s; 10 ms to 1 h.</value>
    public TimeSpan TotalTimeout { get; set; } = DefaultTotalTimeout;

    /// <summary>How often the callback is run at most, the first time included.</summary>
    /// <value>Default 3; 1 (no retry) to 20.</value>
    public int MaxAttempts { get; set; } = DefaultMaxAttempts;

    /// <summary>The delay before the second attempt; it doubles before each further one.</summary>
    /// <value>Default 1 s; 0 to 1 h, and not above <see cref="MaxRetryDelay"/>.</value>
    public TimeSpan RetryDelay { get; set; } = DefaultRetryDelay;

    /// <summary>No delay is longer than this, jitter included.</summary>
    /// <value>Default 60 s; 0 to 1 h.</value>
    public TimeSpan MaxRetryDelay { get; set; } = DefaultMaxRetryDelay;

    /// <summary>Whether delays are spread at random around the exponential curve, so that instances do not return all at once.</summary>
    /// <value>Default true.</value>
    public bool UseJitter { get; set; } = true;

    /// <summary>Failed attempts in a row, each within <see cref="SamplingDuration"/> of the one before, at which this host votes to open.</summary>
    /// <value>Default 5; 1 to 1000.</value>
    public int FailureThreshold { get; set; } = DefaultFailureThreshold;

    /// <summary>How long the first break lasts; each further one in a row lasts twice as long as the one before.</summary>
    /// <value>Default 60 s; 500 ms to 24 h.</value>
    public TimeSpan BreakDuration { get; set; } = DefaultBreakDuration;

    /// <summary>How far breaks grow; a first break or a lease that is longer is not cut.</summary>
    /// <value>Default 10 min; 500 ms to 24 h.</value>
    public TimeSpan MaxBreakDuration { get; set; } = DefaultMaxBreakDuration;

    /// <summary>Successful probes, over all instances, that close the breaker.</summary>
    /// <value>Default 2; 1 to 100.</value>
    public int SuccessThreshold { get; set; } = DefaultSuccessThreshold;

    /// <summary>
    /// How long an instance may probe before another one may. The probe is cut off at nine tenths of it, so it must be longer than an attempt
    /// may take.
    /// </summary>
    /// <value>Default 30 s; 500 ms to 10 min.</value>
    public TimeSpan ProbeLease { get; set; } = DefaultProbeLease;

    /// <summary>Hosts that must vote within two breaks (or a break and a lease, the longer of both) for the breaker to open for all; until then a host that fails is cut off alone.</summary>
    /// <value>Default 1; 1 to 16.</value>
    public int Quorum { get; set; } = DefaultQuorum;

    /// <summary>How old an instance's view of the shared state grows before it is refreshed, in the background and while there are calls.</summary>
    /// <value>Default 2.5 s; 100 ms to 5 min.</value>
    public TimeSpan RefreshInterval { get; set; } = DefaultRefreshInterval;

    /// <summary>Reject nothing; only note, on a record of its own, what would have opened.</summary>
    /// <value>Default false.</value>
    public bool DryRun { get; set; }

    /// <summary>The window in which failures are counted; a longer one than the calls are apart, or nothing ever opens.</summary>
    /// <value>Default 60 s; 500 ms to 24 h.</value>
    public TimeSpan SamplingDuration { get; set; } = DefaultSamplingDuration;

    /// <summary>
    /// The most one attempt takes, read before each, because it comes live from the flag <c>MONITORING_TIMEOUT_MS</c>.
    /// An answer of zero or less counts as the default: an attempt without a bound could hold a flush up.
    /// </summary>
    /// <value>Default 5 s.</value>
    public Func<TimeSpan> AttemptTimeout { get; set; } = static () => DefaultAttemptTimeout;
}
