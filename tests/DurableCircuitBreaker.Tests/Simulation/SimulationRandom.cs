namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>SplitMix64: the same numbers from the same seed on every platform and in every version of .NET.</summary>
internal sealed class SimulationRandom(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 up to 1.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>Both ends included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    public bool Chance(double probability) => Fraction() < probability;

    public TimeSpan Between(TimeSpan from, TimeSpan to) => from + (to - from) * Fraction();

    public TimeSpan Seconds(double from, double to) => TimeSpan.FromSeconds(from + (to - from) * Fraction());

    public TimeSpan Milliseconds(double from, double to) => TimeSpan.FromMilliseconds(from + (to - from) * Fraction());

    public T Pick<T>(params ReadOnlySpan<T> of) => of[Below(of.Length)];
}
