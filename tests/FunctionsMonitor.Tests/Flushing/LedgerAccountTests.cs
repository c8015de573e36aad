using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class LedgerAccountTests
{
    private static readonly Guid Incarnation = Guid.NewGuid();

    private static readonly IncarnationRecord Nothing = new()
    {
        Incarnation = Incarnation,
        FoldedThrough = 0,
        FoldedAccepted = 0,
        FoldedUnacknowledged = 0,
        Folded = new(0, 0, 0, 0),
        Accepted = 0,
        Unacknowledged = 0,
        Flushed = new(0, 0, 0, 0),
        Runs = [],
        Abandoned = [],
    };

    private static SegmentName Name(long number, int count, long through) => new(Guid.NewGuid(), Incarnation, number, count, through);

    [Fact]
    public void A_number_used_twice_shows_in_the_sums_and_stops_nothing()
    {
        var account = new LedgerAccount(Incarnation);
        account.AddQuarantined(Name(1, 2, 2));
        account.Add(Nothing with { Accepted = 3, Flushed = new(5, 0, 0, 0), Runs = [new(1, 1)] });

        var books = account.Close();
        Assert.Equal((5L, 3L, 2L, false), (books.Flushed.Total, books.Accepted, books.Quarantined, books.Balanced));
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
    public void What_lies_in_a_run_of_flushed_numbers_does_not_wait_and_what_lies_between_two_does()
    {
        var account = new LedgerAccount(Incarnation);
        account.Add(Nothing with { FoldedThrough = 2, Accepted = 30, Flushed = new(27, 0, 0, 0), Runs = [new(1, 1), new(4, 9), new(11, 30)] });
        foreach (var number in (long[])[1, 2, 3, 4, 6, 9, 10, 11, 30, 31])
            account.AddPending(Name(number, 1, number));

        var books = account.Close();
        Assert.Equal((3L, 31L, 31L), (books.Pending, books.LastNumber, books.Accepted));
        Assert.Empty(books.Gaps);
    }

    [Fact]
    public void An_abandoned_number_that_waits_or_was_flushed_counts_as_not_acknowledged()
    {
        var account = new LedgerAccount(Incarnation);
        account.Add(Nothing with { FoldedUnacknowledged = 1, Unacknowledged = 2, Accepted = 5, Runs = [new(1, 4)], Abandoned = [2, 5] });
        account.AddPending(Name(5, 4, 9));
        account.AddPending(Name(6, 1, 6));
        Assert.Equal((6L, 7L), (account.Close().Accepted, account.Close().Unacknowledged));
    }

    [Fact]
    public void Gaps_are_the_runs_that_nothing_accounts_for_behind_what_is_folded()
    {
        var account = new LedgerAccount(Incarnation);
        account.Add(Nothing with
        {
            FoldedThrough = 3,
            FoldedAccepted = 3,
            Folded = new(3, 0, 0, 0),
            Accepted = 4,
            Flushed = new(1, 0, 0, 0),
            Runs = [new(6, 6)],
            Abandoned = [5],
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
