using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flushing;

/// <summary>
/// Draws up the books now and then, so that an imbalance is noticed when nobody looks. The instance that flushes does it, for it listed the buffer
/// just now and the others need not.
/// </summary>
public sealed class LedgerWatch(LedgerService ledger, TimeProvider time, ILogger<LedgerWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);
    private volatile LedgerReport? last;

    /// <summary>The last books this instance drew up; null before the first time.</summary>
    public LedgerReport? Last => last;

    /// <summary>Looks if that was not done lately. Stores that do not answer are no news here; the flush itself says so.</summary>
    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        if (last is { } known && time.GetUtcNow() - known.ComputedAt < Interval)
            return;

        try
        {
            var report = await ledger.ComputeAsync(cancellationToken).ConfigureAwait(false);
            if (!report.Balanced && last is not { Balanced: false })
                Log.Unbalanced(logger, report.Missing, report.Gaps.Count);
            last = report;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LedgerNotDrawnUp(logger, exception);
        }
    }
}
