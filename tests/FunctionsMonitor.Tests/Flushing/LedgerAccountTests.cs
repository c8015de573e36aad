using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class LedgerAccountTests
{
    private static readonly Guid Incarnation = Guid.NewGuid();

    private static SegmentName Name(long number, int count, long through) => new(Guid.NewGuid(), Incarnation, number, count, through);

    [Fact]
    public void A_number_used_twice_shows_in_the_sums_and_stops_nothing()
    {
        var account = new LedgerAccount(Incarnation);
        account.AddQuarantined(Name(1, 2, 2));
        account.Add(new()
        {
            Incarnation = Incarnation,
            FoldedThrough = 0,
            FoldedAccepted = 0,
            FoldedUnacknowledged = 0,
            Folded = new(0, 0, 0, 0),
            Rows = [new(Name(1, 2, 2), new(2, 0, 0, 0), []), new(Name(1, 3, 3), new(3, 0, 0, 0), [])],
        });

        var books = account.Close();
        Assert.Equal((5L, 2L), (books.Flushed.Total, books.Accepted));
        Assert.Empty(books.Gaps);
    }

    [Fact]
    public void A_segment_that_is_being_moved_to_quarantine_counts_once()
    {
        var account = new LedgerAccount(Incarnation);
        account.AddPending(Name(1, 2, 2));
        account.AddQuarantined(Name(1, 2, 2));
        var books = account.Close();
        Assert.Equal((2L, 2L, 0L), (books.Accepted, books.Pending, books.Quarantined));
    }

    [Fact]
    public void A_stray_file_with_any_number_makes_one_gap_and_no_walk_to_it()
    {
        var account = new LedgerAccount(Incarnation);
        account.AddPending(Name(1, 1, 1));
        account.AddPending(Name(long.MaxValue, 1, 2));
        var gap = Assert.Single(account.Close().Gaps);
        Assert.Equal((2L, long.MaxValue - 1), (gap.FromNumber, gap.ToNumber));
    }

    [Fact]
    public void Gaps_are_the_runs_that_nothing_accounts_for_behind_what_is_folded()
    {
        var account = new LedgerAccount(Incarnation);
        account.Add(new()
        {
            Incarnation = Incarnation,
            FoldedThrough = 3,
            FoldedAccepted = 3,
            FoldedUnacknowledged = 0,
            Folded = new(3, 0, 0, 0),
            Rows = [new(Name(6, 1, 4), new(1, 0, 0, 0), [5])],
        });
        account.AddPending(Name(2, 1, 2));
        account.AddPending(Name(10, 1, 9));
        account.AddQuarantined(Name(8, 1, 6));
        account.AddAbandoned([9, 12]);

        var books = account.Close();
        Assert.Equal([(4L, 4L), (7L, 7L)], books.Gaps.Select(gap => (gap.FromNumber, gap.ToNumber)));
        Assert.Equal((10L, 9L, 1L, 1L), (books.LastNumber, books.Accepted, books.Pending, books.Quarantined));
    }
}
