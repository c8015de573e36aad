using System.Buffers;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.LoadTest.Drain;

/// <summary>Segments as an outage leaves them in the folder: written by this program's own code, of one incarnation, numbered without a gap.</summary>
internal static class Backlog
{
    /// <param name="dataPath">Of the host that will flush them.</param>
    /// <param name="events">How many; about 150 bytes each in their segment.</param>
    /// <param name="eventsPerSegment">At most.</param>
    /// <param name="last">The time of the newest; there is one a millisecond.</param>
    /// <returns>Bytes written.</returns>
    public static long Write(string dataPath, int events, int eventsPerSegment, DateTimeOffset last)
    {
        var folder = Directory.CreateDirectory(Path.Combine(dataPath, "segments")).FullName;
        var samples = ReceivedEvents.Make(1_000);
        var incarnation = Guid.CreateVersion7(last);
        var newest = EventTime.ToMicroseconds(last);
        var body = new ArrayBufferWriter<byte>();
        long written = 0;
        for (int first = 0, number = 1; first < events; first += eventsPerSegment, number++)
        {
            body.ResetWrittenCount();
            var count = Math.Min(eventsPerSegment, events - first);
            for (var i = first; i < first + count; i++)
            {
                var at = newest - ((events - i) * 1_000L);
                EventRecord.Write(body, samples[i % samples.Count] with { Id = Guid.NewGuid(), Timestamp = at, ReceivedAt = at });
            }

            var header = new SegmentHeader
            {
                Id = Guid.CreateVersion7(last.AddMilliseconds(number - events)),
                Incarnation = incarnation,
                Number = number,
                Count = count,
                AcceptedThrough = first + count,
                CreatedAt = newest,
            };
            using var file = File.Create(Path.Combine(folder, header.Name.ToString()));
            file.Write(SegmentCodec.EncodeHead(header, [body.WrittenMemory]));
            file.Write(body.WrittenSpan);
            written += file.Length;
        }

        return written;
    }
}
