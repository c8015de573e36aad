using HdrHistogram;

namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>Durations to three digits, from a microsecond to an hour.</summary>
internal sealed class Latencies
{
    private const int Digits = 3;
    private static readonly long Longest = (long)TimeSpan.FromHours(1).TotalMicroseconds;
    private readonly LongHistogram histogram = new(1, Longest, Digits);

    public long Count => histogram.TotalCount;

    public double MaxMilliseconds => Count == 0 ? 0 : histogram.GetMaxValue() / 1e3;

    public double MeanMilliseconds => Count == 0 ? 0 : histogram.GetMean() / 1e3;

    public void Record(TimeSpan duration) => histogram.RecordValue(Math.Clamp((long)duration.TotalMicroseconds, 1, Longest));

    /// <param name="percentile">0 to 100.</param>
    public double Milliseconds(double percentile) => Count == 0 ? 0 : histogram.GetValueAtPercentile(percentile) / 1e3;

    /// <summary>
    /// What clients would have seen that had not waited for each answer: while a request takes longer than the interval, those that should have been
    /// sent meanwhile are counted as well, each with what was left. An open loop needs none of this: it measures from when a request was meant to be sent.
    /// </summary>
    /// <param name="interval">Between two requests of one connection when nothing holds them up.</param>
    public Latencies Corrected(TimeSpan interval)
    {
        var corrected = new Latencies();
        var expected = Math.Max(1, (long)interval.TotalMicroseconds);
        foreach (var recorded in histogram.RecordedValues())
        {
            for (long i = 0; i < recorded.CountAddedInThisIterationStep; i++)
                corrected.histogram.RecordValueWithExpectedInterval(recorded.ValueIteratedTo, expected);
        }

        return corrected;
    }
}
