using System.Text.Json.Serialization;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>What came of replaying by filter.</summary>
/// <param name="DryRun">Nothing was replayed.</param>
/// <param name="Matched">Dead letters that fit the filter when the call began.</param>
/// <param name="ByReason">The same by reason.</param>
/// <param name="Replayed">In the buffer again.</param>
/// <param name="Rejected">Refused: invalid while validation is strict, or past the retention.</param>
/// <param name="Remaining">Over the limit of this call: call again to go on.</param>
public sealed record ReplayReportResponse(
    bool DryRun, long Matched, IReadOnlyDictionary<string, long> ByReason, int Replayed, int Rejected, long Remaining)
{
    /// <summary>Why it ended before the limit; absent when it did not.</summary>
    [JsonConverter(typeof(SnakeCaseEnumConverter<ReplayStop>))]
    public ReplayStop? StoppedBy { get; init; }

    public static ReplayReportResponse Of(ReplayReport report) =>
        new(report.DryRun, report.Matched, report.ByReason, report.Replayed, report.Refused, report.Remaining) { StoppedBy = report.StoppedBy };
}
