using System.Text.Json.Serialization;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Http.Responses;

/// <summary>Validation of the events of one type.</summary>
public sealed record ValidationFigures
{
    /// <summary>Start of the bucket; absent from totals.</summary>
    public DateTimeOffset? Start { get; init; }

    public required string EventType { get; init; }

    /// <summary>Stored and rejected events.</summary>
    public required long Total { get; init; }

    public required long Passed { get; init; }

    /// <summary>With an error; stored and marked, or rejected.</summary>
    public required long Failed { get; init; }

    /// <summary>Of the failed, those that were refused.</summary>
    public required long Rejected { get; init; }

    /// <summary>0 to 1: passed / (passed + failed); null when none was validated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? PassRate { get; init; }

    /// <summary>Microseconds an event; null when none was validated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? AverageValidationTimeUs { get; init; }

    public required long Errors { get; init; }

    public required long Warnings { get; init; }

    public static ValidationFigures Of(ValidationRollup sums, DateTimeOffset? start)
    {
        var validated = sums.Passed + sums.Failed;
        return new ValidationFigures
        {
            Start = start,
            EventType = sums.EventType,
            Total = sums.Total,
            Passed = sums.Passed,
            Failed = sums.Failed,
            Rejected = sums.Rejected,
            PassRate = validated == 0 ? null : (double)sums.Passed / validated,
            AverageValidationTimeUs = validated == 0 ? null : sums.ValidationNanoseconds / 1000.0 / validated,
            Errors = sums.Errors,
            Warnings = sums.Warnings,
        };
    }
}
