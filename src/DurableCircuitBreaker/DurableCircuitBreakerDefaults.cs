namespace DurableCircuitBreaker;

/// <summary>Defaults and bounds of the options, in one place.</summary>
internal static class DurableCircuitBreakerDefaults
{
    public const string StrategyName = "DurableCircuitBreaker";
    public const string DryRunSuffix = "~dry-run";

    public const int FailureThreshold = 5;
    public const int MinFailureThreshold = 1;
    public const int MaxFailureThreshold = 1000;
    public const int MinThroughput = 2;

    public static readonly TimeSpan SamplingDuration = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan MaxBreakDuration = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan MinDuration = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan MaxDuration = TimeSpan.FromDays(1);

    public const double BreakGrowth = 2.0;
    public const double MinBreakGrowth = 1.0;
    public const double MaxBreakGrowth = 10.0;

    public const int SuccessThreshold = 2;
    public const int MaxSuccessThreshold = 100;

    public static readonly TimeSpan ProbeLease = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan MaxProbeLease = TimeSpan.FromMinutes(10);

    public const int Quorum = 1;
    public const int MaxQuorum = 16;

    public static readonly TimeSpan VoteWindow = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan MaxVoteWindow = TimeSpan.FromDays(2);

    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2.5);
    public static readonly TimeSpan MinRefreshInterval = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxRefreshInterval = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan ColdReadTimeout = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan MaxColdReadTimeout = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan MinStoreTimeout = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxStoreTimeout = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause between two reads of a store that does not answer.</summary>
    public static readonly TimeSpan MaxStoreBackoff = TimeSpan.FromMinutes(1);
}
