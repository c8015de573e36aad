using System.Text.Json.Serialization;

namespace FunctionsMonitor.Http.Responses;

/// <summary>A page of a list.</summary>
/// <param name="Items">In the list's order.</param>
/// <param name="NextCursor">For the next page; null at the end.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor)
{
    /// <summary>Makes a page of one item more than was asked for: that one only tells that there is a next page.</summary>
    public static Page<T> Of<TSource>(IReadOnlyList<TSource> found, int limit, Func<TSource, T> map, Func<TSource, string> cursor) => new(
        [.. found.Take(limit).Select(map)],
        found.Count > limit ? cursor(found[limit - 1]) : null);
}
