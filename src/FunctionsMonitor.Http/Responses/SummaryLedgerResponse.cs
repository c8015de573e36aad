using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Http.Responses;

/// <summary>The sums of the books as this instance last drew them up.</summary>
/// <param name="Balanced">Nothing is missing and no number either.</param>
/// <param name="Accepted">Acknowledged to a client.</param>
/// <param name="Unacknowledged">Durable although their request was not acknowledged.</param>
/// <param name="Stored">In the metrics store.</param>
/// <param name="Duplicates">Were there already.</param>
/// <param name="DeadLettered">Ever put among the dead letters.</param>
/// <param name="Expired">Past the retention when they were flushed.</param>
/// <param name="Pending">In the buffer.</param>
/// <param name="Quarantined">In files that cannot be read.</param>
/// <param name="Missing">Acknowledged and nowhere to be found.</param>
/// <param name="Gaps">Ranges of segment numbers that are nowhere.</param>
/// <param name="ComputedAt">When they were drawn up.</param>
public sealed record SummaryLedgerResponse(
    bool Balanced, long Accepted, long Unacknowledged, long Stored, long Duplicates, long DeadLettered, long Expired, long Pending,
    long Quarantined, long Missing, int Gaps, DateTimeOffset ComputedAt)
{
    public static SummaryLedgerResponse Of(LedgerReport report) => new(
        report.Balanced, report.Accepted, report.Unacknowledged, report.Stored, report.Duplicates, report.DeadLettered, report.Expired, report.Pending,
        report.Quarantined, report.Missing, report.Gaps.Count, report.ComputedAt);
}
