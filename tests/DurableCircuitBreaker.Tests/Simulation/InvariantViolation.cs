namespace DurableCircuitBreaker.Tests.Simulation;

internal sealed record InvariantViolation(Invariant Invariant, TimeSpan At, string What);
