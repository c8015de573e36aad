using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.Http.Binding;

/// <summary>The buckets that validation figures come in.</summary>
internal static class ValidationIntervals
{
    /// <summary>Buckets of a series, and rows (buckets times event types) of an answer; a day by the minute has 1,440 buckets.</summary>
    public const int MaxBuckets = 50_000;

    public const string Raw = "raw";

    public static IReadOnlyList<string> Names { get; } = [Raw, "1m", "5m", "1h"];

    /// <returns>Minutes; 0 for <see cref="Raw"/>.</returns>
    public static int Parse(string? text) => text switch
    {
        null or Raw => 0,
        "1m" => 1,
        "5m" => 5,
        "1h" => 60,
        _ => throw ProblemException.InvalidParameter(
            "interval", $"'interval' must be one of {string.Join(", ", Names)}, not '{QueryReader.Shorten(text)}'."),
    };

    public static void EnsureFits(long minutes, int bucketMinutes)
    {
        if (bucketMinutes > 0 && minutes > (long)bucketMinutes * MaxBuckets)
            throw TooMany($"{(minutes + bucketMinutes - 1) / bucketMinutes} buckets");
    }

    public static void EnsureFits(int rows)
    {
        if (rows > MaxBuckets)
            throw TooMany($"more than {MaxBuckets} rows");
    }

    private static ProblemException TooMany(string what) => ProblemException.InvalidParameter(
        "interval", $"'interval' is too short for this range: it makes {what}, and {MaxBuckets} is the most. Take a longer one, or a shorter range.");
}
