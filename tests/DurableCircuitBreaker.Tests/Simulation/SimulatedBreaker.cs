using DurableCircuitBreaker.Coordination;
using Polly;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>A breaker as its process uses it.</summary>
internal abstract class SimulatedBreaker
{
    public abstract BreakerSnapshot Snapshot { get; }

    public abstract ValueTask<Outcome<int>> CallAsync(SimulatedCall call, CancellationToken cancellationToken);

    public abstract Task SteerAsync(bool isolate);

    public abstract Task PersistAsync();

    /// <summary>What a process is built with.</summary>
    internal sealed record Parts(SimulationPlan Plan, SimulatedProcess Process, IBreakerStateStore Store, Func<double> Random, BreakerTimes Times);
}
