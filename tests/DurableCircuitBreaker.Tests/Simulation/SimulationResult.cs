namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>How one simulation ended.</summary>
/// <param name="Seed">What it all came from.</param>
/// <param name="Violation">The first invariant that did not hold; null when all did.</param>
/// <param name="Trace">What happened, when it was asked for.</param>
/// <param name="Statistics">What it has been through: a simulation in which nothing happens proves nothing.</param>
internal sealed record SimulationResult(ulong Seed, InvariantViolation? Violation, IReadOnlyList<string> Trace, SimulationStatistics Statistics);
