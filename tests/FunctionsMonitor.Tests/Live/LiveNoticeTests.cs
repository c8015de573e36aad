using System.Text;
using CsCheck;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Live;

namespace FunctionsMonitor.Tests.Live;

public sealed class LiveNoticeTests
{
    private const int MaxBytes = 7_999;

    [Theory]
    [InlineData(1, 10, 1)]
    [InlineData(1, 5_500, 1)]
    [InlineData(30, 200, 2)]
    [InlineData(8, 5_500, 8)]
    public void A_small_segment_is_told_whole_in_texts_that_fit(int count, int bytes, int payloads)
    {
        using var segment = Segment(count, bytes);
        var written = LiveNotice.Write(segment, MaxBytes, contents: true);

        Assert.Equal(payloads, written.Count);
        Assert.All(written, payload => Assert.InRange(Encoding.UTF8.GetByteCount(payload), 1, MaxBytes));
        var read = written.SelectMany(payload => LiveNotice.Read(payload)!.Events).ToList();
        Assert.Equal(segment.Read().Select(Text), read.Select(Text));
    }

    [Fact]
    public void Where_contents_are_not_to_be_told_only_its_place_is_however_small_it_is()
    {
        using var segment = Segment(1, 10);
        var payload = Assert.Single(LiveNotice.Write(segment, MaxBytes, contents: false));
        Assert.StartsWith($"S {segment.Name} ", payload, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 6_000)]
    [InlineData(9, 5_500)]
    [InlineData(10_000, 50)]
    public void Of_a_large_one_is_told_where_it_is(int count, int bytes)
    {
        using var segment = Segment(count, bytes);
        var payload = Assert.Single(LiveNotice.Write(segment, MaxBytes, contents: true));

        Assert.InRange(Encoding.UTF8.GetByteCount(payload), 1, 250);
        var read = LiveNotice.Read(payload)!;
        Assert.Equal((segment.Name, 1_000, 1_000 + count - 1), (read.Segment!.Value, read.First, read.Last));
        Assert.Empty(read.Events);
    }

    [Fact]
    public void What_somebody_else_sends_on_the_channel_is_no_notice_and_does_no_harm()
    {
        using var segment = Segment(3, 100);
        var real = LiveNotice.Write(segment, MaxBytes, contents: true).Single();
        foreach (var payload in (string[])["", "E", "E!", "S", "S x 1 2", "X" + real, real[..^8], "S " + new string('9', 7000), "hello, world"])
            Assert.Null(LiveNotice.Read(payload));

        Gen.String.Sample(text =>
        {
            LiveNotice.Read(text);
            LiveNotice.Read("E" + text);
            LiveNotice.Read("S " + text);
        });
        // Whole base64 of what is no record: lengths that point anywhere.
        Gen.Byte.Array[0, 500].Sample(bytes => LiveNotice.Read("E" + Convert.ToBase64String(bytes)));
    }

    private static LiveSegment Segment(int count, int dataBytes)
    {
        var part = new PooledBytes();
        for (var i = 0; i < count; i++)
            EventRecord.Write(part, new MonitoringEvent
            {
                Id = Guid.NewGuid(),
                Timestamp = 1_000 + i,
                ReceivedAt = 2_000,
                Marks = EventMarks.Validated,
                ValidationNanoseconds = 5,
                Errors = 0,
                Warnings = 0,
                Type = "typé"u8.ToArray(),
                Source = "source"u8.ToArray(),
                Data = Encoding.UTF8.GetBytes($$"""{"x":"{{new string('x', dataBytes)}}"}"""),
                Metadata = i % 2 == 0 ? null : "{}"u8.ToArray(),
                Issues = null,
            });
        return new(new SegmentName(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Guid.NewGuid(), 7, count, 100_000), [part]);
    }

    private static string Text(LiveEvent item) =>
        $"{item.Item.Key} {item.Item.ReceivedAt} {item.Item.Type} {item.Item.Source} {item.Item.Marks} {item.Item.SegmentId} "
        + $"{Encoding.UTF8.GetString(item.Item.Data!.Value.Span)} {item.Item.Metadata is null}";
}
