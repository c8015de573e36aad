using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Validation;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Tests.Events;

public sealed class AllocationTests
{
    private const int Events = 1000;
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Scanner, validator and record together: a request costs 2,504 bytes (intake, scanner, scratch; of CloudEvents about twice that), and an event
    /// costs none once the rented memory has its size.
    /// </summary>
    [Theory]
    [InlineData(EventFormat.Json)]
    [InlineData(EventFormat.NdJson)]
    [InlineData(EventFormat.CloudEventBatch)]
    public async Task An_event_costs_no_allocation_from_the_reader_to_the_record(EventFormat format)
    {
        await using var monitor = new TestMonitor();
        var small = Measure(monitor, Body(monitor, 10, format), format);
        var large = Measure(monitor, Body(monitor, 10 + Events, format), format);

        Assert.Equal(small, large);
        Assert.InRange(small, 0, format == EventFormat.CloudEventBatch ? 4500 : 3000);
    }

    /// <summary>A key makes the ids on the stack; without one there is nothing of it, which is what the number above holds.</summary>
    [Fact]
    public async Task An_event_of_a_request_with_an_idempotency_key_costs_no_allocation_either()
    {
        await using var monitor = new TestMonitor();
        Assert.True(IdempotencyKey.TryParse("key", out var key));
        const string Nameless = """{"event_type":"a","source":"s","timestamp":"2026-11-24T12:00:00Z","data":{}}""";
        var small = Measure(monitor, Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(Nameless, 10))}]"), EventFormat.Json, key);
        var large = Measure(monitor, Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(Nameless, 10 + Events))}]"), EventFormat.Json, key);
        Assert.Equal(small, large);
    }

    /// <summary>Two notes are 144 bytes. The rest (the cut source, the data in its object, the hash) is made in rented memory.</summary>
    [Fact]
    public async Task A_cloudevent_that_has_to_be_fitted_in_costs_its_notes_alone()
    {
        await using var monitor = new TestMonitor();
        var small = Measure(monitor, Batch(10), EventFormat.CloudEventBatch);
        var large = Measure(monitor, Batch(10 + Events), EventFormat.CloudEventBatch);
        Assert.InRange((large - small) / Events, 1, 144);

        static byte[] Batch(int count) => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, count).Select(LongCloudEvent))}]");
    }

    [Fact]
    public void A_request_without_an_idempotency_key_costs_no_allocation_to_find_that_out()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.ContentType = "application/json";
        Assert.Null(IdempotencyHeaders.Read(request));
        var before = GC.GetAllocatedBytesForCurrentThread();
        IdempotencyHeaders.Read(request);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Reading_a_segment_allocates_nothing()
    {
        var segments = new TestSegments(Now);
        var segment = segments.Next([.. Enumerable.Range(0, Events).Select(_ => segments.Event())]);
        Assert.Equal(Events, Read(segment));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(segment);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>The least of several runs: in another one code may be jitted, or a pool that a collection has trimmed be filled again.</summary>
    private static long Measure(TestMonitor monitor, byte[] body, EventFormat format, IdempotencyKey? key = null)
    {
        var context = new ValidationContext(
            EventTime.ToMicroseconds(Now), EventTime.ToMicroseconds(Now.AddDays(-30)), EventTime.ToMicroseconds(Now.AddHours(24)));
        var allocated = long.MaxValue;
        for (var run = 0; run < 5; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var intake = new EventIntake(monitor.Get<EventValidator>(), monitor.Get<FlagManager>().Current, context, monitor.Time, 32) { Key = key };
            EventScanner scanner = format == EventFormat.NdJson ? new NdJsonScanner(new(), intake) : new JsonScanner(new(), intake, format);
            Assert.Equal(body.Length, scanner.Scan(body, isLast: true));
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(0, intake.Rejected);
        }

        return allocated;
    }

    private static byte[] Body(TestMonitor monitor, int count, EventFormat format)
    {
        if (format == EventFormat.CloudEventBatch)
            return Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, count).Select(CloudEvent))}]");

        var items = Enumerable.Range(0, count).Select(i => i % 2 == 0 ? monitor.Event() : monitor.Event()[..^1] + ""","metadata":{"trace":"é"}}""");
        return Encoding.UTF8.GetBytes(format == EventFormat.NdJson ? string.Join('\n', items) : $"[{string.Join(',', items)}]");
    }

    private static string CloudEvent(int index) => $$"""
        {"specversion":"1.0","id":"a\u002B{{index}}","source":"/{{new string('s', 99)}}","type":"order.placed","time":"2026-11-24T12:00:00Z",
        "subject":"x","datacontenttype":"application/json","traceparent":"00-1","data":{"n":1} }
        """;

    /// <summary>As Azure sends them: a source that is too long; and data that is no object.</summary>
    private static string LongCloudEvent(int index) => $$"""
        {"specversion":"1.0","id":"{{index}}","source":"/\u00e9{{new string('s', 200)}}","type":"order.placed","time":"2026-11-24T12:00:00Z","data":[1,2]}
        """;

    private static int Read(DecodedSegment segment)
    {
        var count = 0;
        foreach (var item in segment)
            count += item.Data is null ? 0 : 1;
        return count;
    }
}
