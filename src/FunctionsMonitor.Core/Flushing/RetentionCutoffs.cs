namespace FunctionsMonitor.Flushing;

/// <summary>Everything before these times goes.</summary>
/// <param name="Events">By the event's timestamp; rollups go with them.</param>
/// <param name="DeadLetters">By the time they died.</param>
/// <param name="SegmentRows">By the time their segment was deleted from the buffer; only an unbroken run from an incarnation's first number is folded.</param>
/// <param name="Flushes">By the time they began.</param>
public sealed record RetentionCutoffs(DateTimeOffset Events, DateTimeOffset DeadLetters, DateTimeOffset SegmentRows, DateTimeOffset Flushes);
