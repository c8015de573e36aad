using CsCheck;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Tests.Buffering;

public sealed class SegmentCodecTests
{
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 300];

    private static readonly Gen<MonitoringEvent> Events =
        from id in Gen.Guid
        from time in Gen.Long
        from numbers in Gen.Select(Gen.UInt, Gen.UShort, Gen.UShort, Gen.Byte[0, 7])
        from type in Bytes
        from data in Bytes
        from absent in Gen.Int[0, 7]
        select new MonitoringEvent
        {
            Id = id,
            Timestamp = time,
            ReceivedAt = time ^ 1,
            ValidationNanoseconds = numbers.Item1,
            Errors = numbers.Item2,
            Warnings = numbers.Item3,
            Marks = (EventMarks)numbers.Item4,
            Type = type,
            Source = data,
            Data = Maybe(data, (absent & 1) == 0),
            Metadata = Maybe(type, (absent & 2) == 0),
            Issues = Maybe(data, (absent & 4) == 0),
        };

    [Fact]
    public void What_goes_in_comes_out() => Events.Array[0, 20].Sample(items =>
    {
        var segment = SegmentCodec.Decode(Encode(items));
        var read = new List<MonitoringEvent>();
        foreach (var item in segment)
            read.Add(item);
        Assert.Equal(items.Length, read.Count);
        for (var i = 0; i < items.Length; i++)
            AssertSame(items[i], read[i]);
    });

    [Fact]
    public void Any_flipped_bit_and_any_cut_is_noticed()
    {
        var bytes = Encode([NewEvent(), NewEvent()]);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var harmed = (byte[])bytes.Clone();
            harmed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SegmentFormatException>(() => SegmentCodec.Decode(harmed));
        }

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<SegmentFormatException>(() => SegmentCodec.Decode(bytes.AsMemory(0, length)));
        Assert.Equal(SegmentFormatFault.Truncated, Assert.Throws<SegmentFormatException>(() => SegmentCodec.Decode((byte[])[.. bytes, 0])).Fault);
    }

    [Fact]
    public void A_newer_version_is_told_from_a_broken_file()
    {
        var bytes = Encode([NewEvent()]);
        bytes[8]++;
        Assert.Equal(SegmentFormatFault.NewerVersion, Assert.Throws<SegmentFormatException>(() => SegmentCodec.Decode(bytes)).Fault);
        Assert.Equal(SegmentFormatFault.NotASegment, Assert.Throws<SegmentFormatException>(() => SegmentCodec.Decode("{}"u8.ToArray())).Fault);
    }

    [Fact]
    public void The_name_is_read_back_and_nothing_else_passes_for_one()
    {
        var name = new SegmentName(Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(56)), Guid.NewGuid(), 12, 345, 6789);
        Assert.True(SegmentName.TryParse(name.ToString(), out var parsed));
        Assert.Equal(name, parsed);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddYears(56), parsed.CreatedAt);

        foreach (var other in (string[])["", "x.fms", name + "x", " " + name, name.ToString().ToUpperInvariant(), name.ToString().Replace("-0000000012-", "-12-", StringComparison.Ordinal)])
            Assert.False(SegmentName.TryParse(other, out _), other);
        Assert.False(SegmentName.TryParse((name with { Id = Guid.NewGuid() }).ToString(), out _));
        Assert.False(SegmentName.TryParse((name with { AcceptedThrough = 344 }).ToString(), out _));
    }

    [Fact]
    public void Ids_rise_within_a_millisecond_and_when_the_clock_steps_back()
    {
        var ids = new SegmentIds();
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        var made = Enumerable.Range(0, 1000).Select(i => ids.Next(i < 500 ? now : now.AddSeconds(-1)).ToString("N")).ToList();
        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.Equal(1000, made.Distinct().Count());
        Assert.All(made, id => Assert.Equal(7, Guid.Parse(id).Version));
    }

    private static byte[] Encode(IReadOnlyList<MonitoringEvent> items)
    {
        using var records = new PooledBytes(16);
        foreach (var item in items)
            EventRecord.Write(records, item);
        var header = new SegmentHeader
        {
            Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(56)),
            Incarnation = Guid.NewGuid(),
            Number = 3,
            Count = items.Count,
            AcceptedThrough = 100,
            CreatedAt = 5,
            Abandoned = [1, 2],
            Rejected = [new(7, "t", 1, 2, 3, 4)],
            TraceParent = "00-a-b-01",
        };
        return [.. SegmentCodec.EncodeHead(header, [records.Written]), .. records.WrittenSpan];
    }

    private static MonitoringEvent NewEvent() => new()
    {
        Id = Guid.NewGuid(),
        Timestamp = 1,
        ReceivedAt = 2,
        ValidationNanoseconds = 3,
        Errors = 4,
        Warnings = 5,
        Marks = EventMarks.Validated,
        Type = "t"u8.ToArray(),
        Source = "s"u8.ToArray(),
        Data = "{}"u8.ToArray(),
        Metadata = null,
        Issues = null,
    };

    private static ReadOnlyMemory<byte>? Maybe(byte[] bytes, bool there)
    {
        if (there)
            return bytes;

        return null;
    }

    private static void AssertSame(MonitoringEvent a, MonitoringEvent b)
    {
        Assert.Equal(a with { Type = default, Source = default, Data = null, Metadata = null, Issues = null }, b with { Type = default, Source = default, Data = null, Metadata = null, Issues = null });
        Assert.Equal(a.Type.ToArray(), b.Type.ToArray());
        Assert.Equal(a.Source.ToArray(), b.Source.ToArray());
        Assert.Equal(a.Data?.ToArray(), b.Data?.ToArray());
        Assert.Equal(a.Metadata?.ToArray(), b.Metadata?.ToArray());
        Assert.Equal(a.Issues?.ToArray(), b.Issues?.ToArray());
    }
}
