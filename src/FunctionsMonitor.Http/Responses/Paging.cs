namespace FunctionsMonitor.Http.Responses;

internal static class Paging
{
    /// <summary>Makes a page of one item more than was asked for: that one only tells that there is a next page.</summary>
    public static Page<T> ToPage<TSource, T>(this IReadOnlyList<TSource> found, int limit, Func<TSource, T> map, Func<TSource, string> cursor) => new(
        [.. found.Take(limit).Select(map)],
        found.Count > limit ? cursor(found[limit - 1]) : null);
}
