namespace FunctionsMonitor.DeadLetters;

/// <summary>How far a replay by filter is, or was when it ended. Of the instance that runs it.</summary>
public sealed record ReplayProgress
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Which dead letters, in words.</summary>
    public required string Target { get; init; }

    public required ReplayState State { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Dead letters that fit the filter when it began; 0 until they are counted.</summary>
    public long Matched { get; init; }

    /// <summary>In the buffer again.</summary>
    public int Replayed { get; init; }

    /// <summary>Failed validation (strict) or past the retention.</summary>
    public int Refused { get; init; }

    public required ReplayOptions Options { get; init; }

    /// <summary>What it waits for, what stopped it, or why it failed, in words.</summary>
    public string? Cause { get; init; }
}
