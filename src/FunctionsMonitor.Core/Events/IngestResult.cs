namespace FunctionsMonitor.Events;

/// <summary>What became of a request.</summary>
/// <param name="Accepted">Events that are durable now.</param>
/// <param name="Rejected">Events that were refused.</param>
/// <param name="SegmentId">The segment that holds them; null when none was accepted.</param>
/// <param name="Errors">One for every finding about a rejected event; at most <see cref="MaxErrors"/>.</param>
public sealed record IngestResult(int Accepted, int Rejected, Guid? SegmentId, IReadOnlyList<IngestError> Errors)
{
    /// <summary>Errors listed at most; <see cref="ErrorsTruncated"/> tells when there were more.</summary>
    public const int MaxErrors = 100;

    public bool ErrorsTruncated { get; init; }
}
