namespace DurableCircuitBreaker;

/// <summary>One host's word that the guarded resource is down.</summary>
/// <param name="Host">Who says so; a host has one vote, however many processes it runs.</param>
/// <param name="At">When it said so last, in the store's time.</param>
/// <param name="Cause">Why, at most 128 characters.</param>
public sealed record BreakerVote(string Host, DateTimeOffset At, string Cause);
