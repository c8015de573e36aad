namespace FunctionsMonitor.DeadLetters;

/// <summary>How to replay by filter.</summary>
public sealed record ReplayOptions
{
    public const int DefaultLimit = 1000;
    public const int MaxLimit = 10_000;
    public const int DefaultRatePerSecond = 500;
    public const int MaxRatePerSecond = 10_000;

    /// <summary>Only say what would be replayed.</summary>
    public bool DryRun { get; init; }

    /// <summary>At most so many in this call.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Not faster than this, so that a replay does not crowd out live events.</summary>
    public int RatePerSecond { get; init; } = DefaultRatePerSecond;
}
