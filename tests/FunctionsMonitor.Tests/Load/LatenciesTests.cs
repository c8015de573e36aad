using FunctionsMonitor.LoadTest.Engine;

namespace FunctionsMonitor.Tests.Load;

public sealed class LatenciesTests
{
    [Fact]
    public void A_stall_is_corrected_by_the_requests_that_it_kept_from_being_sent()
    {
        var latencies = Recorded(Enumerable.Repeat(1.0, 90).Append(1_000));

        var corrected = latencies.Corrected(TimeSpan.FromMilliseconds(10));

        // Of the second in which nothing was sent, a request every 10 ms, each with what was left of it.
        Assert.Equal(90 + 100, corrected.Count);
        Assert.Equal(1, latencies.Milliseconds(90), precision: 2);
        Assert.InRange(corrected.Milliseconds(90), 750, 850);
        Assert.InRange(corrected.MaxMilliseconds, 999, 1_001);
    }

    [Fact]
    public void What_is_not_longer_than_the_interval_stays_as_it_is()
    {
        var latencies = Recorded([1, 2, 3, 9.9]);

        var corrected = latencies.Corrected(TimeSpan.FromMilliseconds(10));

        Assert.Equal(4, corrected.Count);
        Assert.Equal(latencies.MaxMilliseconds, corrected.MaxMilliseconds);
        Assert.Equal(latencies.Milliseconds(50), corrected.Milliseconds(50));
    }

    [Fact]
    public void Percentiles_have_three_digits_and_the_shortest_duration_counts()
    {
        var latencies = Recorded(Enumerable.Range(1, 1_000).Select(i => (double)i).Append(0));

        Assert.Equal(1_001, latencies.Count);
        Assert.InRange(latencies.Milliseconds(99), 990 * 0.999, 990 * 1.001);
        Assert.InRange(latencies.MeanMilliseconds, 499, 501);
    }

    [Fact]
    public void Without_a_request_there_is_nothing_to_tell()
    {
        var none = new Latencies();

        Assert.Equal((0, 0, 0), (none.Milliseconds(99), none.MaxMilliseconds, none.MeanMilliseconds));
    }

    private static Latencies Recorded(IEnumerable<double> milliseconds)
    {
        var latencies = new Latencies();
        foreach (var one in milliseconds)
            latencies.Record(TimeSpan.FromMilliseconds(one));
        return latencies;
    }
}
