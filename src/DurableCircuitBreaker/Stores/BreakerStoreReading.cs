namespace DurableCircuitBreaker;

/// <summary>What a store answered to a read.</summary>
/// <param name="Content">The value; null when there is none.</param>
/// <param name="Tag">Identifies this very write of the value; null when there is none. No two writes share one, even of equal values.</param>
/// <param name="Time">The store's time. Instances trust this one and not their own clocks.</param>
public readonly record struct BreakerStoreReading(ReadOnlyMemory<byte>? Content, string? Tag, DateTimeOffset Time);
