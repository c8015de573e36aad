using CsCheck;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Tests.Buffering;

public sealed class SegmentEntryTests
{
    private static readonly Gen<SegmentName> Names = Gen.Select(
        Gen.Long[0, 7_000_000_000_000].Select(DateTimeOffset.FromUnixTimeMilliseconds), Gen.Guid, Gen.Long[1, long.MaxValue], Gen.Int[1, 100_000],
        Gen.Long[100_000, long.MaxValue], static (at, incarnation, number, count, through) => new SegmentName(Guid.CreateVersion7(at), incarnation, number, count, through));

    private static readonly Gen<SegmentEntry> Entries = Gen.OneOf(
        Names.Select(static name => SegmentEntry.Of(name.ToString(), 1)),
        Gen.String[Gen.Char["0189abf-~é"], 0, 40].Select(static name => SegmentEntry.Of(name, 1)));

    [Fact]
    public void Are_in_the_order_of_their_names() => Entries.Array[2, 30].Sample(static entries =>
        Assert.Equal(entries.Select(entry => entry.FileName).Order(StringComparer.Ordinal), entries.Order(SegmentEntry.ByName).Select(entry => entry.FileName)));

    [Fact]
    public void Have_the_name_of_their_segment_and_its_time() => Names.Sample(static name =>
    {
        var entry = SegmentEntry.Of(name.ToString(), 7);
        Assert.Equal((name, name.ToString(), 7), (entry.Name!.Value, entry.FileName, entry.Bytes));
        Assert.Equal(Convert.ToInt64(name.Id.ToString("N")[..12], 16), name.CreatedAt.ToUnixTimeMilliseconds());
    });

    [Fact]
    public void Of_what_is_no_segment_have_its_name_and_no_other()
    {
        Assert.Equal(("holiday.jpg", null), (SegmentEntry.Of("holiday.jpg", 1).FileName, SegmentEntry.Of("holiday.jpg", 1).Name));
        Assert.Null(SegmentEntry.NoSegment(Names.Single().ToString(), 1).Name);
    }
}
