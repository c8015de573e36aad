namespace DurableCircuitBreaker.Protocol;

/// <summary>The part of the options that the protocol needs, fixed when the strategy is built.</summary>
internal sealed record BreakerSettings
{
    public required TimeSpan BreakDuration { get; init; }

    public required double BreakGrowth { get; init; }

    public required TimeSpan MaxBreakDuration { get; init; }

    public required TimeSpan ResetAfter { get; init; }

    public required int SuccessThreshold { get; init; }

    public required TimeSpan ProbeLease { get; init; }

    public required int Quorum { get; init; }

    public required TimeSpan VoteWindow { get; init; }

    /// <summary>How old a failure run may be and still count.</summary>
    public required TimeSpan SamplingDuration { get; init; }

    /// <summary>The break of the n-th opening in a row.</summary>
    public TimeSpan BreakOf(int count)
    {
        var factor = Math.Pow(BreakGrowth, Math.Max(0, count - 1));
        var ticks = BreakDuration.Ticks * factor;
        return ticks >= MaxBreakDuration.Ticks ? MaxBreakDuration : TimeSpan.FromTicks((long)ticks);
    }
}
