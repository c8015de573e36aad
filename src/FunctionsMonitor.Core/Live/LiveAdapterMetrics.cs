using DurableCircuitBreaker;

namespace FunctionsMonitor.Live;

/// <summary>What one adapter of this instance did since the process began.</summary>
public sealed record LiveAdapterMetrics
{
    /// <summary><c>websocket</c> or <c>realtime</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>in_process</c>, or what connects the instances.</summary>
    public required string Transport { get; init; }

    public required LiveAdapterState State { get; init; }

    /// <summary>Events of this instance that were handed on.</summary>
    public required long Published { get; init; }

    /// <summary>Events that came in for this instance's subscribers, before duplicates were taken out.</summary>
    public required long Received { get; init; }

    /// <summary>Of those, the ones that had been delivered already.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Events that were wanted and not handed on, or could not be read.</summary>
    public required long Dropped { get; init; }

    /// <summary>Operations that failed.</summary>
    public required long Failures { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Null where there is nothing between the instances that could break.</summary>
    public BreakerSnapshot? Breaker { get; init; }
}
