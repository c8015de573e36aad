using System.Buffers;
using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>Makes segments as one process would: same incarnation, rising numbers, through the real codec.</summary>
public sealed class TestSegments(DateTimeOffset now, Guid? incarnation = null)
{
    private readonly SegmentIds ids = new();
    private long accepted;

    public Guid Incarnation { get; } = incarnation ?? Guid.NewGuid();

    /// <summary>The last number given out; set it higher to leave a gap.</summary>
    public long Number { get; set; }

    public DateTimeOffset Now { get; } = now;

    /// <summary>The next segment with these events.</summary>
    public DecodedSegment Next(params MonitoringEvent[] events) => Next(events, [], []);

    /// <param name="events">Its events.</param>
    /// <param name="abandoned">Numbers that its header lists as abandoned.</param>
    /// <param name="rejected">Totals of refused events.</param>
    /// <param name="acknowledged">False for one whose write stayed unknown: it does not enter the count of its successors.</param>
    public DecodedSegment Next(
        IReadOnlyList<MonitoringEvent> events, IReadOnlyList<long> abandoned, IReadOnlyList<RejectedTotal> rejected, bool acknowledged = true)
    {
        var through = accepted + events.Count;
        if (acknowledged)
            accepted = through;
        var header = new SegmentHeader
        {
            Id = ids.Next(Now),
            Incarnation = Incarnation,
            Number = ++Number,
            Count = events.Count,
            AcceptedThrough = through,
            CreatedAt = EventTime.ToMicroseconds(Now),
            Abandoned = abandoned,
            Rejected = rejected,
        };
        return SegmentCodec.Decode(Encode(header, events), header.Name);
    }

    /// <summary>The bytes of a segment, as they lie in the buffer.</summary>
    public static byte[] Encode(SegmentHeader header, IEnumerable<MonitoringEvent> events)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var item in events)
            EventRecord.Write(body, item);
        return [.. SegmentCodec.EncodeHead(header, [body.WrittenMemory]), .. body.WrittenSpan];
    }

    /// <summary>A valid event, <paramref name="offset"/> after <see cref="Now"/>.</summary>
    public MonitoringEvent Event(
        string data = """{"n":1}""", string type = "test.event", string source = "tests", Guid? id = null, TimeSpan offset = default,
        EventMarks marks = EventMarks.Validated, string? metadata = null) => new()
        {
            Id = id ?? Guid.NewGuid(),
            Timestamp = EventTime.ToMicroseconds(Now + offset),
            // No other time of the event is the same: a store that takes one for another is found out.
            ReceivedAt = EventTime.ToMicroseconds(Now) + 7,
            Marks = marks,
            ValidationNanoseconds = 100,
            Errors = marks.HasFlag(EventMarks.Failed) ? (ushort)2 : (ushort)0,
            Warnings = 1,
            Type = Encoding.UTF8.GetBytes(type),
            Source = Encoding.UTF8.GetBytes(source),
            Data = Encoding.UTF8.GetBytes(data),
            // Typed: an untyped null would become an empty memory, by way of a null array.
            Metadata = metadata is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(metadata),
            Issues = null,
        };
}
