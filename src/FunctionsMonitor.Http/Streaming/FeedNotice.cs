namespace FunctionsMonitor.Http.Streaming;

/// <summary>What a stream says about itself (<c>feed</c>): whose it is, and what can come.</summary>
/// <param name="Instance">Who sends it.</param>
/// <param name="Adapter"><c>websocket</c>, <c>realtime</c>, <c>dual</c>, or <c>none</c> while nothing is broadcast.</param>
/// <param name="Connected">False while the feed between the instances is not reached.</param>
public sealed record FeedNotice(string Instance, string Adapter, bool Connected);
