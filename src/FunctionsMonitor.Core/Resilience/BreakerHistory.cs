namespace FunctionsMonitor.Resilience;

/// <summary>The last transitions of one breaker, and since when and until when it is open. Thread-safe.</summary>
internal sealed class BreakerHistory(TimeProvider timeProvider)
{
    /// <summary>Transitions kept; a breaker that flaps every minute shows most of an hour.</summary>
    public const int Capacity = 50;

    private readonly Lock _lock = new();
    private readonly Queue<BreakerTransition> _transitions = new(Capacity);
    private BreakerState _state = BreakerState.Closed;
    private DateTimeOffset? _openedAt;
    private DateTimeOffset? _nextProbeAt;

    /// <summary>Records a transition and returns it; null when the breaker is in that state already.</summary>
    /// <param name="to">The state entered.</param>
    /// <param name="cause">Why, at most 128 characters.</param>
    /// <param name="breakDuration">How long an open breaker rejects; null for any other state.</param>
    public BreakerTransition? Record(BreakerState to, string cause, TimeSpan? breakDuration = null)
    {
        lock (_lock)
        {
            if (to == _state)
                return null;

            var transition = new BreakerTransition(timeProvider.GetUtcNow(), _state, to, cause);
            _state = to;
            _openedAt = to switch
            {
                BreakerState.Open or BreakerState.Isolated => transition.At,
                BreakerState.HalfOpen => _openedAt,
                _ => null,
            };
            _nextProbeAt = transition.At + breakDuration;
            if (_transitions.Count == Capacity)
                _transitions.Dequeue();
            _transitions.Enqueue(transition);
            return transition;
        }
    }

    public Snapshot Read()
    {
        lock (_lock)
            return new Snapshot(_openedAt, _nextProbeAt, [.. _transitions]);
    }

    internal readonly record struct Snapshot(DateTimeOffset? OpenedAt, DateTimeOffset? NextProbeAt, IReadOnlyList<BreakerTransition> Transitions);
}
