using System.Text.Json.Serialization;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Json;

namespace FunctionsMonitor.Http.Responses;

/// <summary>
/// All at a glance. Nothing in it moves by itself (ages, uptime, durations of checks): as long as nothing happens it is the same, byte for
/// byte, and so is its ETag.
/// </summary>
public sealed record SummaryResponse
{
    public required string Version { get; init; }

    /// <summary>Who answers; another instance may answer otherwise.</summary>
    public required string Instance { get; init; }

    /// <summary>Since when it runs.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>As bad as the worst check.</summary>
    [JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))]
    public required HealthStatus Status { get; init; }

    /// <summary>Since when it is like this, as far as this instance has looked.</summary>
    public required DateTimeOffset StatusSince { get; init; }

    public required IReadOnlyList<SummaryCheckResponse> Checks { get; init; }

    public required SummaryBufferResponse Buffer { get; init; }

    /// <summary>The newest flush of any instance; absent when there was none yet, or when it cannot be read.</summary>
    public FlushResponse? LastFlush { get; init; }

    public required SummaryNextFlushResponse NextFlush { get; init; }

    /// <summary>The books as they were last drawn up; absent when they could not be yet.</summary>
    public SummaryLedgerResponse? Ledger { get; init; }

    public required IReadOnlyList<SummaryBreakerResponse> Breakers { get; init; }

    /// <summary>How many there are now, by reason; absent when they cannot be counted.</summary>
    public IReadOnlyDictionary<string, long>? DeadLetters { get; init; }

    public required SummaryFlagsResponse Flags { get; init; }

    /// <summary>The newest entry of the operator log.</summary>
    public Guid? LastOperationId { get; init; }

    /// <summary>What could not be read, and why.</summary>
    public required IReadOnlyList<SummaryFaultResponse> Faults { get; init; }
}
