using DurableCircuitBreaker.Coordination;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker;

/// <summary>A breaker as one instance knows it. Times are the store's.</summary>
/// <remarks>Nothing is <c>required</c>: who makes one for a test sets what the test is about, and goes on compiling when there is more to tell.</remarks>
public sealed record BreakerSnapshot
{
    /// <summary>Which breaker; of a dry run, with its suffix.</summary>
    public string BreakerName { get; init; } = "";

    /// <summary>The shared state, as last read.</summary>
    public CircuitState State { get; init; }

    /// <summary>Whether calls of this instance pass now. It differs from <see cref="State"/> while it is cut off alone, or goes on without the store.</summary>
    public bool IsPassing { get; init; }

    /// <summary>How long until a call of this instance is let in, as far as it knows: zero when one would be now; null while isolated.</summary>
    public TimeSpan? NextTryIn { get; init; }

    /// <summary>This instance's own break: below the quorum, or without the store. Null when there is none.</summary>
    public string? LocalCause { get; init; }

    /// <summary>Whether the shared state is known.</summary>
    public StoreKnowledge Store { get; init; }

    /// <summary>What the store's last call ended in; null while it answers.</summary>
    public string? StoreFault { get; init; }

    /// <summary>How long ago the shared state was asked for; null before the first time.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Raised by every change of state and every grant of a probe.</summary>
    public long Epoch { get; init; }

    /// <summary>When it opened, or was isolated; null while closed.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When the next probe may be made; null while closed or isolated.</summary>
    public DateTimeOffset? NextProbeAt { get; init; }

    /// <summary>When probes last closed it; null when none have since it was reset.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Openings without a quiet time between them.</summary>
    public int BreakCount { get; init; }

    /// <summary>Why it is open; null while closed.</summary>
    public string? Reason { get; init; }

    /// <summary>Who probes now; null when nobody does.</summary>
    public ProbeLease? Probe { get; init; }

    /// <summary>Successful probes since the last opening.</summary>
    public int Successes { get; init; }

    /// <summary>Hosts that say the resource is down, below the quorum; while open, those that opened it.</summary>
    public IReadOnlyList<BreakerVote> Votes { get; init; } = [];

    /// <summary>The last 50, oldest first.</summary>
    public IReadOnlyList<BreakerTransition> Transitions { get; init; } = [];

    /// <summary>Results of this instance's calls that came after the circuit had moved on, and changed nothing.</summary>
    public long LateResults { get; init; }

    internal static BreakerSnapshot Of(SharedBreaker breaker)
    {
        var view = breaker.View;
        var record = view.Record;
        return new()
        {
            BreakerName = breaker.Name,
            State = record.State,
            IsPassing = view.Passes,
            NextTryIn = breaker.NextTryIn(view),
            LocalCause = view.Local?.Cause,
            Store = view.Store,
            StoreFault = view.StoreFault is { } fault ? Protocol.Causes.Of(fault) : null,
            Age = breaker.AgeOf(view),
            Epoch = record.Epoch,
            OpenedAt = record.OpenedAt,
            NextProbeAt = record.State switch
            {
                CircuitState.Open => record.OpenUntil,
                CircuitState.HalfOpen => record.Probe?.Until,
                _ => null,
            },
            ClosedAt = record.ClosedAt,
            BreakCount = record.BreakCount,
            Reason = record.Reason,
            Probe = record.Probe,
            Successes = record.Successes,
            Votes = record.Votes,
            Transitions = record.Transitions,
            LateResults = breaker.LateResults,
        };
    }
}
