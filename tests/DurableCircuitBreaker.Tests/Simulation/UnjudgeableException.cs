namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>Thrown by the simulation's own <c>ShouldHandle</c>.</summary>
internal sealed class UnjudgeableException : Exception;
