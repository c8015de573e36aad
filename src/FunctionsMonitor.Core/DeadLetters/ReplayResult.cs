namespace FunctionsMonitor.DeadLetters;

/// <summary>What came of replaying one dead letter.</summary>
/// <param name="Replayed">It is in the buffer again.</param>
/// <param name="SegmentId">Where; null when it was refused.</param>
/// <param name="Refusals">Why it was refused; empty when it was not.</param>
public sealed record ReplayResult(bool Replayed, Guid? SegmentId, IReadOnlyList<string> Refusals);
