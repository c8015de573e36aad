namespace FunctionsMonitor.Local.Access;

/// <summary>Who asks, or why the answer is no.</summary>
/// <param name="Actor">Who, for the operator log: the name of the key, or <c>local</c>; null with a refusal.</param>
/// <param name="Refusal">Null when the request may go on.</param>
internal readonly record struct AccessDecision(string? Actor, Refusal? Refusal);
