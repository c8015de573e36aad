using System.Buffers;
using System.Text.Json;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class FlushAllocationTests
{
    private const int Events = 1000;
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private readonly TestSegments segments = new(Now);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A segment costs its header, the hash and what says how the reading went. Its bytes come from the store.</summary>
    [Fact]
    public async Task To_read_a_segment_costs_the_same_whatever_is_in_it()
    {
        var store = new MemorySegmentStore();
        var source = new SegmentSource(store, NullLogger<SegmentSource>.Instance);
        var small = await PutAsync(store, 10);
        var large = await PutAsync(store, 10 + Events);

        Assert.InRange(Measure(() => source.ReadAsync(small, Token)), 1, 2500);
        // Two digits more of a count in the header are not seen.
        Assert.Equal(Measure(() => source.ReadAsync(small, Token)), Measure(() => source.ReadAsync(large, Token)));
    }

    /// <summary>The text of the numbers that were given up, for the one segment; the columns have their size from the batch before.</summary>
    [Fact]
    public void An_event_costs_no_allocation_on_its_way_into_a_call_that_is_used_again()
    {
        var call = new IngestCall();
        var (small, large) = (Segment(10), Segment(10 + Events));
        Assert.Equal(Add(small), Add(large));

        long Add(DecodedSegment segment)
        {
            var batch = new FlushBatch(Guid.Empty, [segment], 0, Now);
            var refused = new RefusedEvents();
            return Measure(() =>
            {
                call.Add(segment, batch, refused);
                Assert.Equal(segment.Header.Count, call.Events.Count);
                call.Clear();
            });
        }
    }

    /// <summary>Server collection keeps what a batch leaves in its middle generation, 34 of 50 MB of the heap after 300,000 events.</summary>
    [Fact]
    public void The_local_host_does_not_collect_as_a_server_does()
    {
        var configuration = JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "FunctionsMonitor.Local.runtimeconfig.json")));
        Assert.False(configuration.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.GC.Server").GetBoolean());
    }

    private static long Measure(Func<ValueTask<SegmentReading>> read) => Measure(() =>
    {
        var reading = read();
        // On this thread from end to end, or the figure would be of a part.
        Assert.True(reading.IsCompletedSuccessfully);
        Assert.NotNull(reading.Result.Segment);
    });

    private static long Measure(Action work)
    {
        work();
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private async Task<SegmentEntry> PutAsync(MemorySegmentStore store, int count)
    {
        var items = Enumerable.Range(0, count).Select(_ => segments.Event()).ToArray();
        var segment = segments.Next(items);
        await store.PutAsync(segment.Header.Name, new ReadOnlySequence<byte>(TestSegments.Encode(segment.Header, items)), Token);
        var entries = await store.ListAsync(Token).ToListAsync(Token);
        return entries.Single(entry => entry.Name == segment.Header.Name);
    }

    private DecodedSegment Segment(int count) => segments.Next(Enumerable.Range(0, count).Select(_ => segments.Event()).ToArray());
}
