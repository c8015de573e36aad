namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>
/// One life of one instance. Whatever reaches it from outside (an answer of the store, an answer of the resource, a timer, a call) comes
/// through <see cref="Post"/>: a paused process gets it when it goes on, in any order; a dead one never.
/// </summary>
internal sealed class SimulatedProcess(SimulationScheduler scheduler, SimulationRandom random, string host, string instance)
{
    private readonly List<Action> held = [];

    public string Host { get; } = host;

    public string Instance { get; } = instance;

    public bool IsDead { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>How often it was paused: what was going on meanwhile may have taken any time.</summary>
    public int Pauses { get; private set; }

    /// <summary>When it last went on after a pause.</summary>
    public TimeSpan ResumedAt { get; private set; } = TimeSpan.MinValue;

    public SimulatedBreaker Breaker { get; set; } = null!;

    public SimulatedClock Clock { get; set; } = null!;

    /// <summary>What it has heard and seen, for the invariants.</summary>
    public ProcessFacts Facts { get; } = new();

    public void Post(Action action)
    {
        if (IsDead)
            return;
        if (IsPaused)
            held.Add(action);
        else
            action();
    }

    public void After(TimeSpan delay, Action action) => scheduler.After(delay, () => Post(action));

    public void Crash()
    {
        IsDead = true;
        held.Clear();
    }

    public void Pause()
    {
        IsPaused = true;
        Pauses++;
    }

    public void Resume()
    {
        IsPaused = false;
        ResumedAt = scheduler.Now;
        while (held.Count > 0 && !IsDead && !IsPaused)
        {
            var at = random.Below(held.Count);
            var next = held[at];
            held.RemoveAt(at);
            next();
        }
    }
}
