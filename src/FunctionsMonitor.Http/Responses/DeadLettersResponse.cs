using System.Text.Json.Serialization;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A page of dead letters, oldest first, and how many fit the filters in all.</summary>
/// <param name="Items">The page.</param>
/// <param name="Total">All that fit.</param>
/// <param name="ByReason">The same by reason.</param>
/// <param name="NextCursor">For the next page; null at the end.</param>
public sealed record DeadLettersResponse(
    IReadOnlyList<DeadLetterSummary> Items,
    long Total,
    IReadOnlyDictionary<string, long> ByReason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);
