using FunctionsMonitor.Buffering;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Buffering;

public sealed class GroupCommitTests
{
    private readonly MemorySegmentStore store = new();

    [Fact]
    public async Task A_thousand_posts_at_once_make_far_fewer_segments_and_everyone_gets_its_own()
    {
        await using var monitor = Start();
        var firstWrite = new TaskCompletionSource();
        store.OnPut = _ => firstWrite.Task;

        var posts = Enumerable.Range(0, 1000).Select(i => Task.Run(() => monitor.PostAsync(monitor.Event($"type.{i}")).AsTask())).ToList();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 1000);
        firstWrite.SetResult();
        var results = await Task.WhenAll(posts);

        Assert.InRange(store.Written.Count, 1, 20);
        var byId = store.Written.Select(bytes => SegmentCodec.Decode(bytes)).ToDictionary(segment => segment.Header.Id);
        for (var i = 0; i < results.Length; i++)
        {
            Assert.Equal(1, results[i].Accepted);
            Assert.Contains($"type.{i}", Types(byId[results[i].SegmentId!.Value]));
        }
    }

    [Fact]
    public async Task A_request_is_not_answered_before_its_segment_is_durable()
    {
        await using var monitor = Start();
        var write = new TaskCompletionSource();
        store.OnPut = _ => write.Task;
        var post = monitor.PostAsync(monitor.Event()).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 1);

        Assert.False(post.IsCompleted);
        write.SetResult();
        Assert.Equal(1, (await post).Accepted);
    }

    [Fact]
    public async Task A_failing_write_fails_exactly_the_callers_in_that_segment()
    {
        await using var monitor = Start();
        var first = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        store.OnPut = name => name.Number switch
        {
            1 => BeginAsync(begun, first),
            2 => throw new SegmentStoreException(SegmentStoreFault.NotWritten, "The disk is full."),
            _ => Task.CompletedTask,
        };

        var alone = monitor.PostAsync(monitor.Event()).AsTask();
        await begun.Task;
        var together = Enumerable.Range(0, 5).Select(_ => monitor.PostAsync(monitor.Event()).AsTask()).ToList();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 6);
        first.SetResult();

        Assert.Equal(1, (await alone).Accepted);
        foreach (var post in together)
            Assert.Equal("buffer_unavailable", (await Assert.ThrowsAsync<BufferUnavailableException>(() => post)).Code);
        Assert.Single(store.Written);

        Assert.Equal(1, (await monitor.PostAsync(monitor.Event())).Accepted);
        var last = store.Written.Select(bytes => SegmentCodec.Decode(bytes)).MaxBy(segment => segment.Header.Number)!;
        Assert.Equal((3, 2), (last.Header.Number, last.Header.AcceptedThrough));
        Assert.Equal([2], last.Header.Abandoned);
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task An_ambiguous_write_that_is_found_there_is_acknowledged()
    {
        await using var monitor = Start();
        store.AfterPut = _ => throw new SegmentStoreException(SegmentStoreFault.Unknown, "The reply was lost.");

        Assert.Equal(1, (await monitor.PostAsync(monitor.Event())).Accepted);
    }

    [Fact]
    public async Task An_ambiguous_write_that_is_found_absent_is_refused()
    {
        await using var monitor = Start();
        store.OnPut = _ => throw new SegmentStoreException(SegmentStoreFault.Unknown, "The reply was lost.");

        Assert.Equal("buffer_unavailable", (await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(monitor.Event()).AsTask())).Code);
    }

    [Fact]
    public async Task A_write_that_stays_unknown_says_so_and_the_ledger_is_not_fooled_when_it_turns_up()
    {
        await using var monitor = Start();
        store.AfterPut = _ => throw new SegmentStoreException(SegmentStoreFault.Unknown, "The reply was lost.");
        store.ConfirmFailure = new SegmentStoreException(SegmentStoreFault.Unknown, "Still no answer.");
        Assert.Equal("outcome_unknown", (await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(monitor.Event()).AsTask())).Code);

        store.AfterPut = _ => Task.CompletedTask;
        store.ConfirmFailure = null;
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");

        foreach (var flushed in (bool[])[false, true])
        {
            if (flushed)
                await monitor.FlushAsync();
            var ledger = await monitor.LedgerAsync();
            Assert.True(ledger.Balanced);
            Assert.Equal((2, 1), (ledger.Accepted, ledger.Unacknowledged));
        }
    }

    [Fact]
    public async Task A_write_that_takes_too_long_is_answered_unknown_and_still_counts_when_it_ends()
    {
        await using var monitor = Start();
        var write = new TaskCompletionSource();
        store.OnPut = _ => write.Task;
        var post = monitor.PostAsync(monitor.Event()).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 1);
        monitor.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("outcome_unknown", (await Assert.ThrowsAsync<BufferUnavailableException>(() => post)).Code);

        write.SetResult();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 0);
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task A_segment_takes_no_further_request_beyond_its_size_and_no_request_spans_two()
    {
        await using var monitor = Start(new() { ["Buffering:SegmentBytes"] = "4096" });
        var first = new TaskCompletionSource();
        store.OnPut = name => name.Number == 1 ? first.Task : Task.CompletedTask;
        var body = $"[{string.Join(',', Enumerable.Range(0, 40).Select(_ => monitor.Event()))}]";
        var posts = Enumerable.Range(0, 6).Select(_ => monitor.PostAsync(body).AsTask()).ToList();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 6);
        first.SetResult();
        await Task.WhenAll(posts);

        Assert.Equal([40, 40, 40, 40, 40, 40], store.Written.Select(bytes => SegmentCodec.Decode(bytes).Header.Count));
    }

    [Fact]
    public async Task What_waits_in_memory_is_bounded()
    {
        await using var monitor = Start(new() { ["Buffering:MaxCollectingBytes"] = "1048576" });
        var write = new TaskCompletionSource();
        store.OnPut = _ => write.Task;
        var big = monitor.Event(data: $$"""{"x":"{{new string('x', 200_000)}}"}""");
        var posts = Enumerable.Range(0, 5).Select(_ => monitor.PostAsync(big).AsTask()).ToList();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 5);

        await Assert.ThrowsAsync<BufferFullException>(() => monitor.PostAsync(big).AsTask());
        write.SetResult();
        Assert.All(await Task.WhenAll(posts), result => Assert.Equal(1, result.Accepted));
    }

    [Fact]
    public async Task Over_the_cap_nothing_is_taken_until_a_flush_has_drained_it()
    {
        await using var monitor = Start(new() { ["Buffering:MaxBytes"] = "1048576" });
        var big = monitor.Event(data: $$"""{"x":"{{new string('x', 200_000)}}"}""");
        for (var i = 0; i < 6; i++)
            await monitor.PostAsync(big);

        await Assert.ThrowsAsync<BufferFullException>(() => monitor.PostAsync(monitor.Event()).AsTask());
        await monitor.FlushAsync();
        Assert.Equal(1, (await monitor.PostAsync(monitor.Event())).Accepted);
    }

    [Fact]
    public async Task A_stop_commits_what_was_collected_and_takes_nothing_more()
    {
        await using var monitor = Start();
        var write = new TaskCompletionSource();
        store.OnPut = _ => write.Task;
        var posts = Enumerable.Range(0, 3).Select(_ => monitor.PostAsync(monitor.Event()).AsTask()).ToList();
        var buffer = monitor.Get<EventBuffer>();
        await WaitUntilAsync(() => buffer.WaitingRequests == 3);
        var stop = buffer.StopAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(monitor.Event()).AsTask());
        Assert.False(stop.IsCompleted);
        write.SetResult();
        await stop;
        Assert.All(await Task.WhenAll(posts), result => Assert.Equal(1, result.Accepted));
    }

    private TestMonitor Start(Dictionary<string, string?>? settings = null) =>
        new(configure: services => services.AddSingleton<ISegmentStore>(store), settings: settings);

    private static Task BeginAsync(TaskCompletionSource begun, TaskCompletionSource end)
    {
        begun.TrySetResult();
        return end.Task;
    }

    private static List<string> Types(DecodedSegment segment)
    {
        var types = new List<string>();
        foreach (var item in segment)
            types.Add(System.Text.Encoding.UTF8.GetString(item.Type.Span));
        return types;
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 10_000 && !condition(); i++)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }
}
