namespace DurableCircuitBreaker.Protocol;

/// <summary>Who acts.</summary>
/// <param name="Host">Casts votes.</param>
/// <param name="Instance">Holds leases: one strategy of one process.</param>
internal readonly record struct BreakerMember(string Host, string Instance);
