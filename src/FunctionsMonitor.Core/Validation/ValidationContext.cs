namespace FunctionsMonitor.Validation;

/// <summary>What rules may know beside the event. Times are microseconds since the Unix epoch.</summary>
/// <param name="ReceivedAt">When the request was received.</param>
/// <param name="Earliest">The earliest timestamp that is accepted: receipt − retention.</param>
/// <param name="Latest">The latest: receipt + the clock lead allowed.</param>
public readonly record struct ValidationContext(long ReceivedAt, long Earliest, long Latest);
