using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FunctionsMonitor.Buffering;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Buffering;

public sealed class BufferDepthMonitorTests : IDisposable
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly Listing store = new();
    private readonly BufferDepthMonitor monitor;
    private long number;

    public BufferDepthMonitorTests() => monitor = Monitor(new());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => monitor.Dispose();

    [Fact]
    public async Task It_is_the_sum_of_the_listing_and_foreign_files_count_by_their_bytes()
    {
        var oldest = Add(events: 3, bytes: 100);
        time.Advance(TimeSpan.FromMinutes(1));
        Add(events: 4, bytes: 50);
        store.Entries.Add(SegmentEntry.NoSegment("holiday.jpg", 1000));

        var depth = await monitor.MeasureAsync(Token);

        Assert.Equal((3, 7, 1150, oldest.CreatedAt, time.GetUtcNow()), (depth.Segments, depth.Events, depth.Bytes, depth.OldestAt, depth.MeasuredAt));
        Assert.Same(depth, monitor.Current);
    }

    [Fact]
    public async Task A_listing_of_many_lets_requests_through_every_now_and_then()
    {
        for (var i = 0; i < 1_200; i++)
            Add(events: 1, bytes: 10);
        var measuring = monitor.MeasureAsync(Token).AsTask();

        var breaths = 0;
        for (; breaths < 10_000 && !measuring.IsCompleted; breaths++)
        {
            await Task.Delay(1, Token);
            time.Advance(TimeSpan.FromMilliseconds(5));
        }

        var depth = await measuring.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.InRange(breaths, 2, 10_000);
        Assert.Equal((1_200, 12_000), (depth.Segments, depth.Bytes));
    }

    [Fact]
    public async Task What_is_written_counts_before_the_next_listing_and_not_twice_after_it()
    {
        await monitor.MeasureAsync(Token);
        monitor.NoteWritten(Add(events: 5, bytes: 10), 10);
        Assert.Equal((1, 5, 10), (monitor.Current.Segments, monitor.Current.Events, monitor.Current.Bytes));

        await monitor.MeasureAsync(Token);
        Assert.Equal((1, 5, 10), (monitor.Current.Segments, monitor.Current.Events, monitor.Current.Bytes));
    }

    [Fact]
    public async Task What_is_written_during_a_listing_that_does_not_show_it_is_not_forgotten()
    {
        store.Hold = new();
        var measuring = monitor.MeasureAsync(Token).AsTask();
        var name = Name(events: 5);
        monitor.NoteWritten(name, 10);
        store.Hold.SetResult();

        var depth = await measuring.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal((1, 5, 10, name.CreatedAt), (depth.Segments, depth.Events, depth.Bytes, depth.OldestAt));
    }

    [Fact]
    public async Task Two_measurements_at_once_are_never_too_low()
    {
        var hold = store.Hold = new();
        var first = monitor.MeasureAsync(Token).AsTask();
        monitor.NoteWritten(Name(events: 5), 10);
        var second = monitor.MeasureAsync(Token).AsTask();
        store.Hold = null;
        hold.SetResult();

        Assert.Equal(5, (await first.WaitAsync(TimeSpan.FromSeconds(30), Token)).Events);
        await second.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(2, store.Listings);
    }

    [Fact]
    public async Task A_listing_that_fails_keeps_the_last_depth_and_lets_the_next_one_in()
    {
        Add(events: 5, bytes: 10);
        await monitor.MeasureAsync(Token);
        store.Failure = new IOException("no");
        await Assert.ThrowsAsync<IOException>(() => monitor.MeasureAsync(Token).AsTask());
        Assert.Equal(5, monitor.Current.Events);
        store.Failure = null;
        store.Entries.Clear();
        Assert.Equal(0, (await monitor.MeasureAsync(Token)).Events);
    }

    [Fact]
    public async Task The_cap_is_on_bytes_and_one_byte_is_too_many()
    {
        using var capped = Monitor(new() { MaxBytes = 1000 });
        Add(events: 1, bytes: 1000);
        Assert.False((await capped.MeasureAsync(Token)).OverCap);
        Add(events: 1, bytes: 1);
        Assert.True((await capped.MeasureAsync(Token)).OverCap);
        store.Entries.RemoveAt(0);
        Assert.False((await capped.MeasureAsync(Token)).OverCap);
    }

    [Fact]
    public async Task The_cap_is_on_age_too()
    {
        using var capped = Monitor(new() { MaxAge = TimeSpan.FromHours(1) });
        Add(events: 1, bytes: 1);
        time.Advance(TimeSpan.FromHours(1));
        Assert.False((await capped.MeasureAsync(Token)).OverCap);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await capped.MeasureAsync(Token)).OverCap);
    }

    [Fact]
    public async Task Over_the_cap_shows_with_the_write_that_goes_over_it_and_not_only_with_the_next_listing()
    {
        using var capped = Monitor(new() { MaxBytes = 1000 });
        await capped.MeasureAsync(Token);
        capped.NoteWritten(Name(events: 1), 1001);
        Assert.True(capped.Current.OverCap);
    }

    [Fact]
    public async Task It_lists_at_the_start_and_then_at_every_interval_whatever_a_listing_does()
    {
        await monitor.StartAsync(Token);
        await store.ListedAsync(1);
        store.Failure = new IOException("no");
        time.Advance(TimeSpan.FromSeconds(10));
        await store.ListedAsync(2);
        store.Failure = null;
        time.Advance(TimeSpan.FromSeconds(10));
        await store.ListedAsync(3);
        await monitor.StopAsync(Token);
    }

    [Fact]
    public async Task After_a_listing_that_took_a_minute_the_next_begins_nine_minutes_later()
    {
        var begins = new List<DateTimeOffset>();
        store.OnList = () =>
        {
            begins.Add(time.GetUtcNow());
            if (begins.Count == 1)
                time.Advance(TimeSpan.FromMinutes(1));
        };
        await monitor.StartAsync(Token);
        for (var step = 0; step < 10_000 && store.Listings < 2; step++)
        {
            await Task.Delay(1, Token);
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.InRange(begins[1] - begins[0], TimeSpan.FromMinutes(10), TimeSpan.FromDays(1));
        await monitor.StopAsync(Token);
    }

    [Fact]
    public void A_failed_write_is_known_until_a_write_or_a_probe_succeeds()
    {
        monitor.NoteFailure("full");
        Assert.Equal("full", monitor.WriteFailure);
        monitor.NoteWritten(Name(1), 1);
        Assert.Null(monitor.WriteFailure);
        monitor.NoteFailure("full");
        monitor.NoteWritable();
        Assert.Null(monitor.WriteFailure);
    }

    private BufferDepthMonitor Monitor(BufferingOptions options) => new(store, Options.Create(options), time, NullLogger<BufferDepthMonitor>.Instance);

    private SegmentName Name(int events) => new(Guid.CreateVersion7(time.GetUtcNow()), Guid.AllBitsSet, ++number, events, 1000);

    private SegmentName Add(int events, long bytes)
    {
        var name = Name(events);
        store.Entries.Add(new(name, bytes));
        return name;
    }

    /// <summary>A store that can only be listed; the listing shows what was there when it began.</summary>
    private sealed class Listing : ISegmentStore
    {
        private readonly Channel<int> listed = Channel.CreateUnbounded<int>();

        public List<SegmentEntry> Entries { get; } = [];

        public Action OnList { get; set; } = () => { };

        public TaskCompletionSource? Hold { get; set; }

        public Exception? Failure { get; set; }

        public int Listings { get; private set; }

        public async Task ListedAsync(int count)
        {
            Assert.Equal(count, await listed.Reader.ReadAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token));
        }

        public async IAsyncEnumerable<SegmentEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var entries = Entries.ToArray();
            OnList();
            Listings++;
            if (Hold is { } hold)
                await hold.Task;
            listed.Writer.TryWrite(Listings);
            if (Failure is not null)
                throw Failure;
            foreach (var entry in entries)
                yield return entry;
        }

        public ValueTask PutAsync(SegmentName name, System.Buffers.ReadOnlySequence<byte> content, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> ConfirmAsync(SegmentName name, System.Buffers.ReadOnlySequence<byte> content, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string fileName, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DeleteAsync(SegmentName name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask QuarantineAsync(string fileName, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<QuarantinedSegment> ListQuarantineAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ProbeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
