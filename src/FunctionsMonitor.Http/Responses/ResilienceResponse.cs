namespace FunctionsMonitor.Http.Responses;

/// <summary>Every pipeline of the instance that answers.</summary>
/// <param name="Instance">Whose figures these are.</param>
/// <param name="Since">Since when it counts.</param>
/// <param name="Pipelines">By name.</param>
public sealed record ResilienceResponse(string Instance, DateTimeOffset Since, IReadOnlyList<PipelineResponse> Pipelines);
