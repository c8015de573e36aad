namespace FunctionsMonitor.Http.Responses;

/// <summary>A dead letter is in the buffer again; the next flush stores it, or finds it stored already.</summary>
/// <param name="Id">The dead letter.</param>
/// <param name="SegmentId">Where its event is now.</param>
public sealed record ReplayResponse(string Id, Guid SegmentId);
