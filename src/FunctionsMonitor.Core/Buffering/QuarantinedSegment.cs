namespace FunctionsMonitor.Buffering;

/// <summary>An entry that could not be read and was moved aside.</summary>
/// <param name="FileName">As it was in the buffer.</param>
/// <param name="Name">Null when the file name was not a segment's.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Reason">Why it could not be read.</param>
/// <param name="QuarantinedAt">When it was moved.</param>
public sealed record QuarantinedSegment(string FileName, SegmentName? Name, long Bytes, string Reason, DateTimeOffset QuarantinedAt);
