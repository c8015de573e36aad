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
}
