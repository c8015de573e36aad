namespace FunctionsMonitor.TestSupport.Measuring;

/// <summary>Of measurements in any order.</summary>
internal static class Quantiles
{
    public static double Median(this IEnumerable<double> values) => values.At(0.5);

    /// <param name="values">At least one.</param>
    /// <param name="share">0 to 1: the value that this share of them does not exceed.</param>
    public static double At(this IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
    }
}
