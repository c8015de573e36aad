using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Http.Responses;

/// <summary>Validation per event type, over a range of whole minutes.</summary>
/// <param name="From">Inclusive: what was asked for, down to the minute.</param>
/// <param name="To">Exclusive: what was asked for, up to the minute.</param>
/// <param name="Interval">The width of a bucket, or <c>raw</c>.</param>
/// <param name="Types">Totals over the range, by event type.</param>
/// <param name="Series">Buckets by start and event type; empty ones are left out, and the first and last may be cut by the range. Absent for <c>raw</c>.</param>
public sealed record ValidationResponse(
    DateTimeOffset From, DateTimeOffset To, string Interval, IReadOnlyList<ValidationFigures> Types, IReadOnlyList<ValidationFigures>? Series)
{
    public static ValidationResponse Of(ValidationQuery query, string interval, IReadOnlyList<ValidationRollup> rows) => new(
        EventTime.FromMinute(query.FromMinute),
        EventTime.FromMinute(query.ToMinute),
        interval,
        [.. rows.GroupBy(row => row.EventType).OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => ValidationFigures.Of(Sum(type), start: null))],
        query.BucketMinutes == 0 ? null : [.. rows.Select(row => ValidationFigures.Of(row, EventTime.FromMinute(row.Bucket)))]);

    private static ValidationRollup Sum(IEnumerable<ValidationRollup> rows) => rows.Aggregate((a, b) => a with
    {
        Total = a.Total + b.Total,
        Passed = a.Passed + b.Passed,
        Failed = a.Failed + b.Failed,
        Rejected = a.Rejected + b.Rejected,
        Errors = a.Errors + b.Errors,
        Warnings = a.Warnings + b.Warnings,
        ValidationNanoseconds = a.ValidationNanoseconds + b.ValidationNanoseconds,
    });
}
