using System.Text.Json.Serialization;
using FunctionsMonitor.Http.Responses;

namespace FunctionsMonitor.Http.Problems;

/// <summary>A problem as it is answered: RFC 9457, with the extension members that a client can act on.</summary>
public sealed record Problem
{
    /// <summary>Stable: <c>urn:functionsmonitor:problem:…</c>.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>What happened this time, and what would do instead.</summary>
    public required string Detail { get; init; }

    /// <summary>The parameter, header or member at fault.</summary>
    public string? Field { get; init; }

    /// <summary>The event at fault, from 0.</summary>
    public int? Index { get; init; }

    /// <summary>A finer distinction within the type.</summary>
    public string? Code { get; init; }

    /// <summary>Bytes from the start of the decompressed body to what is at fault.</summary>
    public long? Offset { get; init; }

    /// <summary>What would have been understood, where that is a short list.</summary>
    public IReadOnlyList<string>? Known { get; init; }

    /// <summary>Why events were rejected; at most 100.</summary>
    public IReadOnlyList<IngestErrorResponse>? Errors { get; init; }

    public bool? ErrorsTruncated { get; init; }

    /// <summary>The flush that is running.</summary>
    public Guid? FlushId { get; init; }

    /// <summary>The flush that failed.</summary>
    public FlushResponse? Report { get; init; }

    /// <summary>To find the occurrence in the program's log.</summary>
    public string? TraceId { get; init; }

    /// <summary>Answered as the header <c>Retry-After</c>.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Answered as the header <c>Allow</c>.</summary>
    [JsonIgnore]
    public string? Allow { get; init; }

    public static Problem Of(ProblemType type, string detail) =>
        new() { Type = type.Uri, Title = type.Title, Status = type.Status, Detail = detail };
}
