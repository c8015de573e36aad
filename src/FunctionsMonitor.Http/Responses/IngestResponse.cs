namespace FunctionsMonitor.Http.Responses;

/// <summary>The acknowledgement: the accepted events are durable.</summary>
/// <param name="Accepted">Events taken.</param>
/// <param name="Rejected">Events refused.</param>
/// <param name="SegmentId">The segment that holds them.</param>
/// <param name="Errors">Why events were refused; at most 100.</param>
public sealed record IngestResponse(int Accepted, int Rejected, Guid? SegmentId, IReadOnlyList<IngestErrorResponse> Errors)
{
    /// <summary>True when there were more errors than are listed.</summary>
    public bool? ErrorsTruncated { get; init; }
}
