namespace DurableCircuitBreaker;

/// <summary>The right to make the one call that finds out whether the resource is back.</summary>
/// <param name="Owner">The instance that holds it.</param>
/// <param name="Host">The host it runs on.</param>
/// <param name="Until">When the right ends, in the store's time; from then on another instance may take it.</param>
public sealed record ProbeLease(string Owner, string Host, DateTimeOffset Until);
