using System.Text.Json.Serialization;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>How far a replay by filter is, or was when it ended.</summary>
/// <param name="ReplayId">Its id.</param>
/// <param name="Target">Which dead letters, in words.</param>
/// <param name="State">What it does, or how it ended.</param>
/// <param name="Cause">What it waits for, what stopped it, or why it failed.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">Absent while it runs.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="RatePerSecond">Not faster than this.</param>
/// <param name="Matched">Dead letters that fit the filter when it began.</param>
/// <param name="Replayed">In the buffer again.</param>
/// <param name="Rejected">Refused: invalid while validation is strict, or past the retention.</param>
/// <param name="Remaining">Not looked at yet.</param>
public sealed record ReplayProgressResponse(
    Guid ReplayId, string Target, [property: JsonConverter(typeof(SnakeCaseEnumConverter<ReplayState>))] ReplayState State, string? Cause,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int Limit, int RatePerSecond, long Matched, int Replayed, int Rejected, long Remaining)
{
    public static ReplayProgressResponse Of(ReplayProgress progress) => new(
        progress.Id, progress.Target, progress.State, progress.Cause, progress.StartedAt, progress.EndedAt, progress.Options.Limit,
        progress.Options.RatePerSecond, progress.Matched, progress.Replayed, progress.Refused,
        Math.Max(0, progress.Matched - progress.Replayed - progress.Refused));
}
