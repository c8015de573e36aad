using System.Text.Json.Serialization;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Live;

namespace FunctionsMonitor.Http.Responses;

/// <summary>One live adapter of the instance that answers.</summary>
public sealed record LiveAdapterResponse
{
    /// <summary><c>websocket</c> or <c>realtime</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>in_process</c>, or what connects the instances.</summary>
    public required string Transport { get; init; }

    /// <summary><c>off</c> by flags, <c>idle</c> without subscribers here, <c>connecting</c> to the other instances, or <c>live</c>.</summary>
    [JsonConverter(typeof(SnakeCaseEnumConverter<LiveAdapterState>))]
    public required LiveAdapterState State { get; init; }

    /// <summary>Events of this instance that were handed on.</summary>
    public required long Published { get; init; }

    /// <summary>Events that came in for subscribers here, duplicates included.</summary>
    public required long Received { get; init; }

    /// <summary>Of those, the ones that had been delivered already.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Events that were wanted and not handed on, or could not be read.</summary>
    public required long Dropped { get; init; }

    /// <summary>Operations that failed.</summary>
    public required long Failures { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Absent where there is nothing that could break.</summary>
    public BreakerResponse? Breaker { get; init; }

    public static LiveAdapterResponse Of(LiveAdapterMetrics metrics) => new()
    {
        Name = metrics.Name,
        Transport = metrics.Transport,
        State = metrics.State,
        Published = metrics.Published,
        Received = metrics.Received,
        Duplicates = metrics.Duplicates,
        Dropped = metrics.Dropped,
        Failures = metrics.Failures,
        LastError = metrics.LastError,
        LastErrorAt = metrics.LastErrorAt,
        Breaker = metrics.Breaker is { } breaker ? BreakerResponse.Of(breaker) : null,
    };
}
