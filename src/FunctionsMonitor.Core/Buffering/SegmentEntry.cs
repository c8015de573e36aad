namespace FunctionsMonitor.Buffering;

/// <summary>One entry of a listing.</summary>
/// <param name="FileName">As the store has it.</param>
/// <param name="Name">Null when the file name is not a segment's.</param>
/// <param name="Bytes">Its size.</param>
public readonly record struct SegmentEntry(string FileName, SegmentName? Name, long Bytes);
