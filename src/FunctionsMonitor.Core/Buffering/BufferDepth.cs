namespace FunctionsMonitor.Buffering;

/// <summary>How much waits to be flushed: the last listing, and what this instance has written since.</summary>
public sealed record BufferDepth
{
    public required long Segments { get; init; }

    public required long Events { get; init; }

    public required long Bytes { get; init; }

    /// <summary>When the oldest waiting segment was written; null when none waits.</summary>
    public required DateTimeOffset? OldestAt { get; init; }

    /// <summary>When the buffer was last listed; null before the first time.</summary>
    public required DateTimeOffset? MeasuredAt { get; init; }

    public required bool OverCap { get; init; }

    public static BufferDepth Unmeasured { get; } =
        new() { Segments = 0, Events = 0, Bytes = 0, OldestAt = null, MeasuredAt = null, OverCap = false };
}
