namespace FunctionsMonitor.Idempotency;

/// <summary>What is kept of an idempotency key: what it stands for, and how it was answered.</summary>
public sealed record IdempotencyRecord
{
    /// <summary>The SHA-256 of the key as 64 lower-case hexadecimal digits: any store can have it for a name, and none learns the key.</summary>
    public required string KeyId { get; init; }

    /// <summary>SHA-256 of the body, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> BodyHash { get; init; }

    /// <summary>
    /// Time of receipt of the first request, in microseconds since the Unix epoch; kept to the microsecond, because events without a time have this one.
    /// </summary>
    public required long ReceivedAt { get; init; }

    /// <summary>In microseconds since the Unix epoch.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>Null until the events are durable: then nobody knows whether they are, and who finds it does the work again.</summary>
    public IdempotencyAnswer? Answer { get; init; }
}
