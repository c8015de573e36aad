namespace FunctionsMonitor.Flushing;

/// <summary>What makes an event itself: time (microseconds since the Unix epoch) and id.</summary>
public readonly record struct EventKey(long Timestamp, Guid Id);
