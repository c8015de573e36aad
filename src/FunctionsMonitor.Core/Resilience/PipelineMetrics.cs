namespace FunctionsMonitor.Resilience;

/// <summary>What a pipeline has done in this process, and how its breaker is.</summary>
public sealed record PipelineMetrics
{
    public required string Name { get; init; }

    public required BreakerState State { get; init; }

    /// <summary>When it last opened; null while it is closed.</summary>
    public required DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When it lets an attempt through again; null unless it is open.</summary>
    public required DateTimeOffset? NextProbeAt { get; init; }

    /// <summary>Calls that were begun.</summary>
    public required long Calls { get; init; }

    /// <summary>Attempts that reached the callback.</summary>
    public required long Attempts { get; init; }

    /// <summary>Attempts after the first of their call.</summary>
    public required long Retries { get; init; }

    /// <summary>Calls that ended well.</summary>
    public required long Successes { get; init; }

    /// <summary>Calls that ended with an error, rejections included.</summary>
    public required long Failures { get; init; }

    /// <summary>Calls that the breaker turned away.</summary>
    public required long Rejections { get; init; }

    /// <summary>Attempts that took too long.</summary>
    public required long Timeouts { get; init; }

    /// <summary>Exception type and message of the last failed attempt; at most 128 characters.</summary>
    public required string? LastError { get; init; }

    /// <summary>The last 50, oldest first.</summary>
    public required IReadOnlyList<BreakerTransition> Transitions { get; init; }
}
