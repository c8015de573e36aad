namespace FunctionsMonitor.Http.Streaming;

/// <summary>The server ends the stream (<c>end</c>); come back.</summary>
/// <param name="Reason"><c>max_duration</c> or <c>shutdown</c>.</param>
public sealed record EndNotice(string Reason);
