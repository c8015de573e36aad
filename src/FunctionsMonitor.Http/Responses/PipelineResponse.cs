using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Http.Responses;

/// <summary>One pipeline: the counters of the instance that answers, and the breaker that all instances share.</summary>
public sealed record PipelineResponse
{
    /// <summary>The pipeline's name, and its breaker's.</summary>
    public required string Name { get; init; }

    /// <summary>Whose counters these are.</summary>
    public required string Scope { get; init; }

    /// <summary>When the counters began: with the pipeline, or with its last reset.</summary>
    public required DateTimeOffset Since { get; init; }

    public required BreakerResponse Breaker { get; init; }

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

    /// <summary>The calls by the way they went, where there are several ways (the write paths); they are in the sums above, too.</summary>
    public IReadOnlyList<PathMetrics>? Paths { get; init; }

    public static PipelineResponse Of(PipelineMetrics metrics) => new()
    {
        Name = metrics.Name,
        Scope = metrics.Scope,
        Since = metrics.Since,
        Breaker = BreakerResponse.Of(metrics.Breaker),
        Calls = metrics.Calls,
        Attempts = metrics.Attempts,
        Retries = metrics.Retries,
        Successes = metrics.Successes,
        Failures = metrics.Failures,
        Rejections = metrics.Rejections,
        Cancelled = metrics.Cancelled,
        Timeouts = metrics.Timeouts,
        LastError = metrics.LastError,
        Paths = metrics.Paths.Count > 0 ? metrics.Paths : null,
    };
}
