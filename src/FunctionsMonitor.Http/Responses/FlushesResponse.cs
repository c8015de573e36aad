namespace FunctionsMonitor.Http.Responses;

/// <summary>The last flushes of all instances.</summary>
/// <param name="Items">Newest first.</param>
public sealed record FlushesResponse(IReadOnlyList<FlushResponse> Items);
