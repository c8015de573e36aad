namespace DurableCircuitBreaker.Protocol;

/// <summary>Failures in a row that a host has seen and not yet followed by a success, so that its next life need not begin from none.</summary>
/// <param name="Host">Whose.</param>
/// <param name="Count">How many.</param>
/// <param name="At">When the last of them was seen, in the store's time.</param>
internal sealed record FailureRun(string Host, int Count, DateTimeOffset At);
