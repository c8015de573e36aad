namespace FunctionsMonitor.Http.Responses;

/// <summary>Every flag as the instance that answers has it.</summary>
/// <param name="Instance">Who answers; another instance refreshes on its own.</param>
/// <param name="Since">Since when it runs.</param>
/// <param name="Flags">In the order of the schema.</param>
public sealed record FlagsStatusResponse(string Instance, DateTimeOffset Since, IReadOnlyList<FlagResponse> Flags);
