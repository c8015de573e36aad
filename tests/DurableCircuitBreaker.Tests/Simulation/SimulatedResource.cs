namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>What the breaker guards: down for all, or for some hosts only; at times slow, and then it may not heed a token either.</summary>
internal sealed class SimulatedResource(SimulationRandom random)
{
    public static readonly Exception Down = new InvalidOperationException("down");

    public bool IsDown { get; set; }

    public HashSet<string> SickHosts { get; } = [];

    /// <summary>How often a call hangs.</summary>
    public double Hangs { get; set; } = 0.01;

    public bool IsUpFor(string host) => !IsDown && !SickHosts.Contains(host);

    /// <summary>How long the next call takes, and whether it ends when it is told to.</summary>
    public (TimeSpan Takes, bool HeedsToken) Next() => random.Fraction() switch
    {
        var f when f < Hangs => (random.Seconds(5, 90), random.Chance(0.5)),
        < 0.4 => (TimeSpan.Zero, true),
        < 0.95 => (random.Milliseconds(1, 200), random.Chance(0.8)),
        _ => (random.Seconds(0.2, 6), random.Chance(0.8)),
    };
}
