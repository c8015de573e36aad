namespace FunctionsMonitor.LoadTest.Reporting;

/// <summary>
/// One figure by another, of the rounds in which both were measured: a ratio is made within its round, so that what else the machine did meanwhile
/// is in both, and the median of the ratios is given with its quartiles.
/// </summary>
internal sealed record Ratios(double Median, double LowerQuartile, double UpperQuartile, int Rounds)
{
    /// <param name="ours">By round.</param>
    /// <param name="theirs">By round, as many.</param>
    public static Ratios Of(IReadOnlyList<double> ours, IReadOnlyList<double> theirs)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ours.Count, theirs.Count);
        ArgumentOutOfRangeException.ThrowIfZero(ours.Count);
        var sorted = ours.Zip(theirs, (a, b) => a / b).Order().ToList();
        return new(At(sorted, 0.5), At(sorted, 0.25), At(sorted, 0.75), sorted.Count);
    }

    /// <summary>What a table says of it.</summary>
    public IReadOnlyList<Figure> Figures() =>
        [new("ratio", Median, "F2"), new("lower quartile", LowerQuartile, "F2"), new("upper quartile", UpperQuartile, "F2"), new("rounds", Rounds, "N0")];

    /// <summary>Between two values by how far it is from each; of few rounds the nearest one would be an extreme.</summary>
    private static double At(List<double> sorted, double share)
    {
        var position = share * (sorted.Count - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}
