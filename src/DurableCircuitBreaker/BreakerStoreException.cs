namespace DurableCircuitBreaker;

/// <summary>A breaker's shared state could not be read or changed on request.</summary>
public sealed class BreakerStoreException(string message, Exception innerException) : Exception(message, innerException);
