namespace FunctionsMonitor.Http.Responses;

/// <summary>The flags in short.</summary>
/// <param name="Problems">How many things are wrong with sources, values and rules.</param>
/// <param name="Digest">Another one when a value, its source or a problem is another one.</param>
public sealed record SummaryFlagsResponse(int Problems, string Digest);
