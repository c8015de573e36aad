namespace FunctionsMonitor.Idempotency;

/// <summary>What one call of <see cref="IIdempotencyStore.PurgeAsync"/> has done.</summary>
/// <param name="Deleted">Records.</param>
/// <param name="IsComplete">False when it stopped at its own limit and the next call goes on there.</param>
public readonly record struct PurgedKeys(int Deleted, bool IsComplete);
