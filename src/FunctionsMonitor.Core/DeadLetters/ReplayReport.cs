namespace FunctionsMonitor.DeadLetters;

/// <summary>What came of replaying by filter.</summary>
/// <param name="DryRun">Nothing was replayed.</param>
/// <param name="Matched">Dead letters that fit the filter when the call began.</param>
/// <param name="ByReason">The same, by reason.</param>
/// <param name="Replayed">In the buffer again.</param>
/// <param name="Refused">Failed validation (strict) or past the retention.</param>
/// <param name="Remaining">Matched, but over the limit of this call: call again to go on.</param>
public sealed record ReplayReport(
    bool DryRun, long Matched, IReadOnlyDictionary<string, long> ByReason, int Replayed, int Refused, long Remaining)
{
    /// <summary>Why it ended before the limit; null when it did not.</summary>
    public ReplayStop? StoppedBy { get; init; }
}
