namespace FunctionsMonitor.Buffering;

/// <summary>Rejected events of one type in one minute.</summary>
/// <param name="Minute">Of receipt, in minutes since the Unix epoch.</param>
/// <param name="EventType">1 to 50 characters; <c>unknown</c> where the event had none that could be kept.</param>
/// <param name="Count">How many events.</param>
/// <param name="Errors">Sum over them.</param>
/// <param name="Warnings">Sum over them.</param>
/// <param name="ValidationNanoseconds">Sum over them.</param>
public sealed record RejectedTotal(long Minute, string EventType, long Count, long Errors, long Warnings, long ValidationNanoseconds);
