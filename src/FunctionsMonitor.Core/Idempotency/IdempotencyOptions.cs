namespace FunctionsMonitor.Idempotency;

/// <summary>Requests with an idempotency key. Section <c>Idempotency</c>.</summary>
public sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    /// <summary>How long a key stands for its first request.</summary>
    /// <value>24 hours; 1 minute to 7 days.</value>
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long one call of the store may take; then the request is answered 503.</summary>
    /// <value>5 seconds; 100 milliseconds to 1 minute.</value>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
