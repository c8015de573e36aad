using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Http.Responses;

/// <summary>The books: accepted + unacknowledged = stored + duplicates + dead_lettered + expired + pending + quarantined + missing.</summary>
public sealed record LedgerResponse
{
    /// <summary>Nothing is missing and no number either.</summary>
    public required bool Balanced { get; init; }

    public required long Accepted { get; init; }

    /// <summary>Durable although their request was not acknowledged: the outcome of the write was unknown.</summary>
    public required long Unacknowledged { get; init; }

    public required long Stored { get; init; }

    public required long Duplicates { get; init; }

    /// <summary>Ever put among the dead letters; not how many are there now.</summary>
    public required long DeadLettered { get; init; }

    public required long Expired { get; init; }

    public required long Pending { get; init; }

    public required long Quarantined { get; init; }

    /// <summary>Acknowledged and nowhere to be found.</summary>
    public required long Missing { get; init; }

    /// <summary>Numbers that are nowhere.</summary>
    public required IReadOnlyList<LedgerGapResponse> Gaps { get; init; }

    public required IReadOnlyList<LedgerIncarnationResponse> Incarnations { get; init; }

    public required DateTimeOffset ComputedAt { get; init; }

    public static LedgerResponse Of(LedgerReport report) => new()
    {
        Balanced = report.Balanced,
        Accepted = report.Accepted,
        Unacknowledged = report.Unacknowledged,
        Stored = report.Stored,
        Duplicates = report.Duplicates,
        DeadLettered = report.DeadLettered,
        Expired = report.Expired,
        Pending = report.Pending,
        Quarantined = report.Quarantined,
        Missing = report.Missing,
        Gaps = [.. report.Gaps.Select(LedgerGapResponse.Of)],
        Incarnations = [.. report.Incarnations.Select(LedgerIncarnationResponse.Of)],
        ComputedAt = report.ComputedAt,
    };
}
