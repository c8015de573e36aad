namespace FunctionsMonitor.Http.Streaming;

/// <summary>Events that this subscriber has lost (<c>dropped</c>).</summary>
/// <param name="Count">Since the last such notice.</param>
public sealed record DroppedNotice(long Count);
