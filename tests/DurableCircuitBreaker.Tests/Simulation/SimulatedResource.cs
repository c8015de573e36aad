namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>What the breaker guards: down for all, or for some hosts only; at times slow, and then it may not heed a token either.</summary>
internal sealed class SimulatedResource(SimulationRandom random)
{
    public static readonly Exception Down = new InvalidOperationException("down");

    public bool IsDown { get; set; }

    public HashSet<string> SickHosts { get; } = [];

    /// <summary>How often a call hangs.</summary>
    public double Hangs { get; set; } = 0.01;

    /// <summary>No call takes long any more.</summary>
    public bool IsQuick { get; set; }

    public bool IsUpFor(string host) => !IsDown && !SickHosts.Contains(host);

    /// <summary>How long the next call takes, and whether it ends when it is told to.</summary>
    /// <param name="hangs">How often this one hangs, if that is more.</param>
    public (TimeSpan Takes, bool HeedsToken) Next(double hangs) => random.Fraction() switch
    {
        var f when f < Math.Max(Hangs, hangs) => (random.Seconds(5, 90), random.Chance(0.3)),
        < 0.4 => (TimeSpan.Zero, true),
        var f when f < 0.95 || IsQuick => (random.Milliseconds(1, 200), random.Chance(0.8)),
        _ => (random.Seconds(0.2, 6), random.Chance(0.8)),
    };
}
