namespace FunctionsMonitor.Idempotency;

/// <summary>A request with an idempotency key that was not taken. Nothing of it was acknowledged.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">For the client.</param>
/// <param name="innerException">What the store threw.</param>
public sealed class IdempotencyException(IdempotencyFault fault, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public IdempotencyFault Fault { get; } = fault;

    /// <summary>When to send it again; null when that would not help.</summary>
    public TimeSpan? RetryAfter { get; } = fault switch
    {
        IdempotencyFault.InProgress => TimeSpan.FromSeconds(1),
        IdempotencyFault.StoreUnavailable => TimeSpan.FromSeconds(5),
        _ => null,
    };
}
