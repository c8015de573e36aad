namespace FunctionsMonitor.Http.Responses;

/// <summary>The replay by filter of the instance that answers.</summary>
/// <param name="Instance">Who answers; another instance may run another replay.</param>
/// <param name="Since">Since when it runs.</param>
/// <param name="Replay">The one that runs, else the last one; absent when there was none.</param>
public sealed record ReplayStatusResponse(string Instance, DateTimeOffset Since, ReplayProgressResponse? Replay);
