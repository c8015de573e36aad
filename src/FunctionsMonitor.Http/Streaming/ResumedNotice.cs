namespace FunctionsMonitor.Http.Streaming;

/// <summary>The end of what was missed (<c>resumed</c>).</summary>
/// <param name="Events">How many there were.</param>
/// <param name="Complete">False when some is surely missing.</param>
public sealed record ResumedNotice(int Events, bool Complete);
