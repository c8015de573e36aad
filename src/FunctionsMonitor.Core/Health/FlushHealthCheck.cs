using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Health;

/// <summary>Is the flush keeping up, and was anything left lying?</summary>
internal sealed class FlushHealthCheck(
    ISegmentStore store, SegmentSource source, FlushReports reports, BufferDepthMonitor depth, FlagManager flags, TimeProvider time) : IHealthCheck
{
    private const int OverdueIntervals = 3;

    public string Name => "flush";

    public bool ForReadiness => false;

    public async ValueTask<(HealthStatus, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        var causes = new List<string>();
        if (reports.Last is { Outcome: FlushOutcome.Failed } failed)
            causes.Add($"The last flush failed: {string.Join(" ", failed.Notes)}");
        if (reports.Last is { PassedOver: > 0 } partial)
            causes.Add($"The last flush left {partial.PassedOver} segments: {string.Join(" ", partial.Notes)}");
        if (source.NewerFormat is { Count: > 0 } newer)
            causes.Add($"{newer.Count} segments are of a newer format version and wait for that version: {newer[0]}.");

        var snapshot = flags.Current;
        if (!snapshot.PersistenceEnabled)
            causes.Add($"{FlagSchema.MetricsPersistence.Name} is off: segments stay in the buffer.");
        else if (depth.Current.OldestAt is { } oldest && time.GetUtcNow() - oldest > OverdueIntervals * snapshot.FlushInterval)
            causes.Add($"The flush is overdue: the oldest segment waits since {oldest:O}.");

        var quarantined = 0;
        string? reason = null;
        await foreach (var entry in store.ListQuarantineAsync(cancellationToken).ConfigureAwait(false))
        {
            quarantined++;
            reason ??= $"{entry.FileName}: {entry.Reason}";
        }

        if (quarantined > 0)
            causes.Add($"{quarantined} files are in quarantine; the first is {reason}");

        if (causes.Count == 0)
            return (HealthStatus.Healthy, null);

        // All else passes with time or a look at one file. This one holds up more and more events until somebody acts.
        return (reports.Last is { DeadLettersFull: true } ? HealthStatus.Unhealthy : HealthStatus.Degraded, string.Join(" ", causes));
    }
}
