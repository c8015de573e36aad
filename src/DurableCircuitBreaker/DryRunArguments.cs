namespace DurableCircuitBreaker;

/// <summary>The arguments of the telemetry event of a call that a dry run let pass and that would have been rejected.</summary>
/// <param name="BreakerName">Which breaker.</param>
internal readonly record struct DryRunArguments(string BreakerName);
