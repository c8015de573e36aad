using System.Text.Json.Serialization;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>One flush.</summary>
public sealed record FlushResponse
{
    public required Guid FlushId { get; init; }

    /// <summary><c>timer</c>, <c>manual</c> or <c>shutdown</c>.</summary>
    public required string Trigger { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double DurationMs { get; init; }

    /// <summary>Who flushed.</summary>
    public required string Instance { get; init; }

    [JsonConverter(typeof(SnakeCaseEnumConverter<FlushOutcome>))]
    public required FlushOutcome Outcome { get; init; }

    /// <summary>The write path; absent when nothing was written.</summary>
    public string? Path { get; init; }

    public required int Segments { get; init; }

    public required long Events { get; init; }

    public required long Stored { get; init; }

    public required long Duplicates { get; init; }

    public required long DeadLettered { get; init; }

    public required long Expired { get; init; }

    /// <summary>Attempts beyond the first.</summary>
    public required int Retries { get; init; }

    /// <summary>Files moved to quarantine.</summary>
    public required int Quarantined { get; init; }

    /// <summary>Segments left for another flush; the notes name them.</summary>
    public required int PassedOver { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public static FlushResponse Of(FlushReport report) => new()
    {
        FlushId = report.FlushId,
        Trigger = report.Trigger,
        StartedAt = report.StartedAt,
        DurationMs = report.Duration.TotalMilliseconds,
        Instance = report.Instance,
        Outcome = report.Outcome,
        Path = report.Path,
        Segments = report.Segments,
        Events = report.Events,
        Stored = report.Stored,
        Duplicates = report.Duplicates,
        DeadLettered = report.Dead,
        Expired = report.Expired,
        Retries = report.Retries,
        Quarantined = report.Quarantined,
        PassedOver = report.PassedOver,
        Notes = report.Notes,
    };
}
