namespace FunctionsMonitor.Http.Responses;

/// <summary>A host says that the resource is down.</summary>
/// <param name="Host">The host.</param>
/// <param name="At">When it said so last.</param>
/// <param name="Cause">Why.</param>
public sealed record BreakerVoteResponse(string Host, DateTimeOffset At, string Cause);
