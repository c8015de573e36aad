namespace FunctionsMonitor.Flushing;

/// <summary>How long things are kept. Section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Events and rollups, by the event's timestamp. Older events are not accepted either.</summary>
    /// <value>30 days; 1 to 3,650 days.</value>
    public TimeSpan Events { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Dead letters, by the time they died.</summary>
    /// <value>30 days; 1 to 3,650 days.</value>
    public TimeSpan DeadLetters { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Rows of flushed segments after their segment was deleted; then only their sums stay.</summary>
    /// <value>7 days; 1 to 365 days.</value>
    public TimeSpan SegmentRows { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Reports of flushes.</summary>
    /// <value>30 days; 1 to 365 days.</value>
    public TimeSpan Flushes { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How many dead letters are kept at most. At the cap the segments that would add one stay in the buffer, and health fails.</summary>
    /// <value>100,000; at least 1.</value>
    public long MaxDeadLetters { get; set; } = 100_000;
}
