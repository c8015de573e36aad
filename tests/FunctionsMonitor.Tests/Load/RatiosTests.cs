using FunctionsMonitor.LoadTest.Reporting;

namespace FunctionsMonitor.Tests.Load;

public sealed class RatiosTests
{
    [Fact]
    public void Ratios_are_made_within_a_round_before_their_median_is_taken()
    {
        // The second round was a busy one: for both. The ratio of the medians would be 1.5.
        var ratios = Ratios.Of([30, 4, 20], [20, 2, 10]);

        Assert.Equal(2.0, ratios.Median);
        Assert.Equal(3, ratios.Rounds);
    }

    [Fact]
    public void Quartiles_lie_between_two_rounds_where_none_is_at_them()
    {
        var ratios = Ratios.Of([4, 1, 3, 2], [1, 1, 1, 1]);

        Assert.Equal((1.75, 2.5, 3.25), (ratios.LowerQuartile, ratios.Median, ratios.UpperQuartile));
    }

    [Fact]
    public void Of_one_round_all_of_them_are_the_same()
    {
        Assert.Equal(new Ratios(3, 3, 3, 1), Ratios.Of([6], [2]));
    }

    [Fact]
    public void Rounds_that_have_no_counterpart_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Ratios.Of([1, 2], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ratios.Of([], []));
    }
}
