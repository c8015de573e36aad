namespace FunctionsMonitor.Resilience;

/// <summary>A breaker changed its state.</summary>
/// <param name="At">When.</param>
/// <param name="To">What it is since.</param>
/// <param name="Cause">Exception type and message, or the act of an operator; at most 128 characters.</param>
public sealed record BreakerTransition(DateTimeOffset At, BreakerState To, string Cause);
