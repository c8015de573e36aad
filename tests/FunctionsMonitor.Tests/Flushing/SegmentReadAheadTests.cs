using System.Buffers;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class SegmentReadAheadTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly MemorySegmentStore store = new();
    private readonly TestSegments segments = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private int started;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Later_segments_are_read_while_the_first_is_waited_for_and_come_in_their_order()
    {
        var entries = await PutAsync(5);
        var first = new TaskCompletionSource();
        var all = new TaskCompletionSource();
        store.OnRead = (name, _) =>
        {
            if (Interlocked.Increment(ref started) == 5)
                all.SetResult();
            return name == entries[0].FileName ? first.Task : Task.CompletedTask;
        };
        var reading = ReadAllAsync(entries, long.MaxValue);
        await all.Task.WaitAsync(Bound, Token);
        Assert.False(reading.IsCompleted);
        first.SetResult();

        Assert.Equal(entries.Select(entry => entry.Name!.Value.Id), await reading.WaitAsync(Bound, Token));
    }

    [Fact]
    public async Task No_more_bytes_lie_ready_than_allowed()
    {
        var entries = await PutAsync(8);
        var two = new TaskCompletionSource();
        store.OnRead = (_, _) =>
        {
            if (Interlocked.Increment(ref started) == 2)
                two.SetResult();
            return Task.CompletedTask;
        };
        await using var read = Ahead(2 * entries.Max(entry => entry.Bytes)).ReadAsync(entries, Token).GetAsyncEnumerator(Token);
        Assert.True(await read.MoveNextAsync());
        await two.Task.WaitAsync(Bound, Token);

        // The first is taken, and with the next one asked for there is room for exactly one more.
        Assert.True(await read.MoveNextAsync());
        Assert.InRange(Volatile.Read(ref started), 2, 3);
        Assert.True(await read.MoveNextAsync());
        Assert.InRange(Volatile.Read(ref started), 3, 4);
    }

    [Fact]
    public async Task One_that_is_larger_than_allowed_is_read_all_the_same()
    {
        var entries = await PutAsync(3);
        Assert.Equal(entries.Select(entry => entry.Name!.Value.Id), await ReadAllAsync(entries, 1));
    }

    [Fact]
    public async Task One_that_cannot_be_read_comes_as_its_error_and_the_others_go_on()
    {
        var entries = await PutAsync(3);
        store.OnRead = (name, _) => name == entries[1].FileName ? throw new IOException("bad sector") : Task.CompletedTask;
        var failed = new List<bool>();
        await foreach (var (_, reading) in Ahead(long.MaxValue).ReadAsync(entries, Token))
            failed.Add(reading.IsFaulted);
        Assert.Equal([false, true, false], failed);
    }

    [Fact]
    public async Task Whoever_leaves_leaves_no_read_behind()
    {
        var entries = await PutAsync(3);
        var begun = new TaskCompletionSource();
        var running = 0;
        store.OnRead = async (name, token) =>
        {
            if (name == entries[0].FileName)
                return;

            if (Interlocked.Increment(ref running) == 2)
                begun.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        };
        await using (var read = Ahead(long.MaxValue).ReadAsync(entries, Token).GetAsyncEnumerator(Token))
        {
            Assert.True(await read.MoveNextAsync());
            await begun.Task.WaitAsync(Bound, Token);
        }

        Assert.Equal(0, Volatile.Read(ref running));
    }

    private SegmentReadAhead Ahead(long maxBytes) => new(new SegmentSource(store, NullLogger<SegmentSource>.Instance), maxBytes);

    private async Task<List<Guid>> ReadAllAsync(IReadOnlyList<SegmentEntry> entries, long maxBytes)
    {
        var ids = new List<Guid>();
        await foreach (var (_, reading) in Ahead(maxBytes).ReadAsync(entries, Token))
            ids.Add((await reading).Segment!.Header.Id);
        return ids;
    }

    private async Task<List<SegmentEntry>> PutAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var item = segments.Event();
            var segment = segments.Next(item);
            await store.PutAsync(segment.Header.Name, new ReadOnlySequence<byte>(TestSegments.Encode(segment.Header, [item])), Token);
        }

        return await store.ListAsync(Token).ToListAsync(Token);
    }
}
