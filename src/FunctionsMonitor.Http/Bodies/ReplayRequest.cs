using System.Text.Json.Serialization;
using FunctionsMonitor.DeadLetters;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>The body of <c>POST /dead-letters/replay</c>.</summary>
public sealed record ReplayRequest
{
    public string? Reason { get; init; }

    public string? Type { get; init; }

    public string? Source { get; init; }

    /// <summary>Died at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Died before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>true: only those put back already; else only those that never were.</summary>
    public bool? Replayed { get; init; }

    /// <summary>Must be true when nothing narrows the set, so that a slip does not replay everything; else it may not be there.</summary>
    public bool? All { get; init; }

    /// <summary>Only say what would be replayed.</summary>
    public bool DryRun { get; init; }

    /// <summary>1 to 10,000.</summary>
    public int Limit { get; init; } = ReplayOptions.DefaultLimit;

    /// <summary>1 to 10,000; limit / rate_per_second may be 200 seconds at most.</summary>
    public int RatePerSecond { get; init; } = ReplayOptions.DefaultRatePerSecond;

    [JsonIgnore]
    public bool IsNarrowed => Reason is not null || Type is not null || Source is not null || From is not null || To is not null;
}
