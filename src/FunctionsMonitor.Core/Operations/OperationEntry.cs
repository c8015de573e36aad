namespace FunctionsMonitor.Operations;

/// <summary>One act of an operator.</summary>
/// <param name="Id">UUIDv7: orders by time.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who, as far as the host knows: the name of the key, or <c>local</c>.</param>
/// <param name="Action"><c>flush</c>, <c>replay</c>, <c>cancel-replay</c>, <c>discard</c>, <c>isolate</c>, <c>reset</c>.</param>
/// <param name="Target">What it was done to: a flush id, a dead letter's id, a filter in words, a breaker's name.</param>
/// <param name="Outcome">How it ended, in words.</param>
/// <param name="Instance">Where it was done.</param>
public sealed record OperationEntry(Guid Id, DateTimeOffset At, string Actor, string Action, string Target, string Outcome, string Instance);
