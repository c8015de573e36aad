namespace FunctionsMonitor.Flushing;

/// <summary>Counts of one event type in one bucket. All of them are sums, so merging two rows is adding them.</summary>
public sealed record ValidationRollup
{
    /// <summary>Start of the bucket, in minutes since the Unix epoch.</summary>
    public required long Bucket { get; init; }

    public required string EventType { get; init; }

    /// <summary>Stored and rejected events.</summary>
    public required long Total { get; init; }

    /// <summary>Validated, without an error.</summary>
    public required long Passed { get; init; }

    /// <summary>With an error: stored and marked, or rejected.</summary>
    public required long Failed { get; init; }

    /// <summary>Of the failed: refused, not stored.</summary>
    public required long Rejected { get; init; }

    public required long Errors { get; init; }

    public required long Warnings { get; init; }

    /// <summary>Sum, over <see cref="Passed"/> + <see cref="Failed"/> events.</summary>
    public required long ValidationNanoseconds { get; init; }
}
