using System.Text.Json.Serialization;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Http.Responses;

/// <summary>One pipeline and its breaker, as the instance that answers has them.</summary>
public sealed record PipelineResponse
{
    /// <summary>The pipeline's name, and its breaker's.</summary>
    public required string Name { get; init; }

    /// <summary>Whose state and figures these are.</summary>
    public required string Scope { get; init; }

    /// <summary>When the counters began: with the pipeline, or with its last reset.</summary>
    public required DateTimeOffset Since { get; init; }

    [JsonConverter(typeof(SnakeCaseEnumConverter<BreakerState>))]
    public required BreakerState BreakerState { get; init; }

    /// <summary>When it opened; absent while it is closed.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When it lets an attempt through again; absent unless it is open.</summary>
    public DateTimeOffset? NextProbeAt { get; init; }

    public required long Calls { get; init; }

    public required long Attempts { get; init; }

    public required long Retries { get; init; }

    public required long Successes { get; init; }

    public required long Failures { get; init; }

    /// <summary>Calls that the breaker turned away.</summary>
    public required long Rejections { get; init; }

    /// <summary>Calls that the caller gave up.</summary>
    public required long Cancelled { get; init; }

    public required long Timeouts { get; init; }

    public string? LastError { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<BreakerTransitionResponse> Transitions { get; init; }

    public static PipelineResponse Of(PipelineMetrics metrics) => new()
    {
        Name = metrics.Name,
        Scope = metrics.Scope,
        Since = metrics.Since,
        BreakerState = metrics.BreakerState,
        OpenedAt = metrics.OpenedAt,
        NextProbeAt = metrics.NextProbeAt,
        Calls = metrics.Calls,
        Attempts = metrics.Attempts,
        Retries = metrics.Retries,
        Successes = metrics.Successes,
        Failures = metrics.Failures,
        Rejections = metrics.Rejections,
        Cancelled = metrics.Cancelled,
        Timeouts = metrics.Timeouts,
        LastError = metrics.LastError,
        Transitions = [.. metrics.Transitions.Select(BreakerTransitionResponse.Of)],
    };
}
