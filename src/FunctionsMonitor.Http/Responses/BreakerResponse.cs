using System.Text.Json.Serialization;
using DurableCircuitBreaker;
using FunctionsMonitor.Http.Json;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A breaker: what all instances share of it, and how the one that answers stands to it.</summary>
public sealed record BreakerResponse
{
    /// <summary>The shared state.</summary>
    [JsonConverter(typeof(SnakeCaseEnumConverter<CircuitState>))]
    public required CircuitState State { get; init; }

    /// <summary>Whether calls of the instance that answers pass now.</summary>
    public required bool Passing { get; init; }

    /// <summary>Why the instance that answers is cut off alone; absent when it is not.</summary>
    public string? LocalCause { get; init; }

    /// <summary>Whether the shared state is known: <c>known</c>, <c>not_read</c>, <c>unavailable</c> or <c>unreadable</c>.</summary>
    [JsonConverter(typeof(SnakeCaseEnumConverter<StoreKnowledge>))]
    public required StoreKnowledge Store { get; init; }

    /// <summary>Why it is not known.</summary>
    public string? StoreFault { get; init; }

    /// <summary>How old this knowledge is; absent before the first.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>When it opened or was isolated; absent while it is closed.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When the next probe may be made; absent while it is closed or isolated.</summary>
    public DateTimeOffset? NextProbeAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Openings without a quiet time between them: the breaks grow with it.</summary>
    public required int BreakCount { get; init; }

    /// <summary>Why it is open.</summary>
    public string? Reason { get; init; }

    /// <summary>Who probes now.</summary>
    public BreakerProbeResponse? Probe { get; init; }

    /// <summary>Successful probes since it opened.</summary>
    public required int ProbeSuccesses { get; init; }

    /// <summary>Hosts that say that the resource is down.</summary>
    public required IReadOnlyList<BreakerVoteResponse> Votes { get; init; }

    /// <summary>The last 50, oldest first.</summary>
    public required IReadOnlyList<BreakerTransitionResponse> Transitions { get; init; }

    public static BreakerResponse Of(BreakerSnapshot breaker) => new()
    {
        State = breaker.State,
        Passing = breaker.IsPassing,
        LocalCause = breaker.LocalCause,
        Store = breaker.Store,
        StoreFault = breaker.StoreFault,
        AgeSeconds = breaker.Age?.TotalSeconds,
        OpenedAt = breaker.OpenedAt,
        NextProbeAt = breaker.NextProbeAt,
        ClosedAt = breaker.ClosedAt,
        BreakCount = breaker.BreakCount,
        Reason = breaker.Reason,
        Probe = breaker.Probe is { } probe ? new(probe.Host, probe.Owner, probe.Until) : null,
        ProbeSuccesses = breaker.Successes,
        Votes = [.. breaker.Votes.Select(vote => new BreakerVoteResponse(vote.Host, vote.At, vote.Cause))],
        Transitions = [.. breaker.Transitions.Select(BreakerTransitionResponse.Of)],
    };
}
