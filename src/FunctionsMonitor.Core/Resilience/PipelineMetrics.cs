using DurableCircuitBreaker;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// What one pipeline did since <see cref="Since"/>, and how its breaker stands. The calls balance:
/// <see cref="Calls"/> = <see cref="Successes"/> + <see cref="Failures"/> + <see cref="Rejections"/> + <see cref="Cancelled"/> + those still running.
/// </summary>
public sealed record PipelineMetrics
{
    /// <summary>The counters of this process alone; another instance has others.</summary>
    public const string InstanceScope = "instance";

    /// <summary>The pipeline's name, which is also its breaker's.</summary>
    public required string Name { get; init; }

    /// <summary>Whose counters these are; the breaker is everybody's.</summary>
    public string Scope { get; init; } = InstanceScope;

    /// <summary>When the counters began: the pipeline's creation, or its last reset. UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The breaker: what all instances share of it, and how this one stands to it.</summary>
    public required BreakerSnapshot Breaker { get; init; }

    /// <summary>Calls of the pipeline, the running ones included.</summary>
    public required long Calls { get; init; }

    /// <summary>Runs of the callback. A call that the breaker rejects at once makes none.</summary>
    public required long Attempts { get; init; }

    /// <summary>Attempts decided on after a failed one; the last may have been rejected by the breaker or cancelled while it waited.</summary>
    public required long Retries { get; init; }

    /// <summary>Calls that returned a result.</summary>
    public required long Successes { get; init; }

    /// <summary>Calls that ended in an error of the callback (path and data errors too) or in the total timeout.</summary>
    public required long Failures { get; init; }

    /// <summary>Calls that ended in the breaker's refusal.</summary>
    public required long Rejections { get; init; }

    /// <summary>Calls that the caller gave up; neither a success nor a failure.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Attempts ended by the attempt timeout, and calls ended by the total timeout.</summary>
    public required long Timeouts { get; init; }

    /// <summary>The last error of an attempt: its type and code or message, at most 128 characters; null since a reset.</summary>
    public string? LastError { get; init; }

    /// <summary>The calls by the way they went, where there are several ways (the write paths); every one is in the sums above, too.</summary>
    public IReadOnlyList<PathMetrics> Paths { get; init; } = [];
}
