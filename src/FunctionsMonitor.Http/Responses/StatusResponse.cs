namespace FunctionsMonitor.Http.Responses;

/// <summary>The instance that answers, and the buffer that all share.</summary>
public sealed record StatusResponse
{
    public required string Version { get; init; }

    /// <summary>Who answers; another instance may answer otherwise.</summary>
    public required string Instance { get; init; }

    /// <summary>The life of this process.</summary>
    public required Guid Incarnation { get; init; }

    /// <summary>Since when it runs.</summary>
    public required DateTimeOffset Since { get; init; }

    public required double UptimeSeconds { get; init; }

    public required BufferResponse Buffer { get; init; }

    /// <summary>Requests with an idempotency key.</summary>
    public required IdempotencyResponse Idempotency { get; init; }

    /// <summary>The newest flush of any instance; absent when there was none yet, or when it cannot be read now.</summary>
    public FlushResponse? LastFlush { get; init; }

    /// <summary>Why the last flush cannot be told.</summary>
    public string? LastFlushError { get; init; }
}
