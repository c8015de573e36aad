using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Tests.Buffering;

public sealed class EventBufferTests
{
    private readonly MemorySegmentStore store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_that_throws_does_not_end_the_writer(bool failedWrite)
    {
        var sink = new ThrowingLogs();
        await using var monitor = Start(new() { ["Buffering:MaxBytes"] = "1048576" }, sink);
        if (failedWrite)
            store.OnPut = _ => throw new SegmentStoreException(SegmentStoreFault.NotWritten, "No space left on device");
        sink.Throws = true;
        var big = monitor.Event(data: $$"""{"x":"{{new string('x', 200_000)}}"}""");
        // Either the write fails and is logged, or the sixth write goes over the cap and is logged.
        for (var i = 0; i < 6; i++)
        {
            var post = monitor.PostAsync(big).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token);
            if (failedWrite)
                Assert.Equal("buffer_unavailable", (await Assert.ThrowsAsync<BufferUnavailableException>(() => post)).Code);
            else
                Assert.Equal(1, (await post).Accepted);
        }

        Assert.True(sink.Thrown > 0);
        sink.Throws = false;
        store.OnPut = _ => Task.CompletedTask;
        await monitor.FlushAsync();
        Assert.Equal(1, (await monitor.PostAsync(monitor.Event()).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token)).Accepted);
        Assert.True((await monitor.LedgerAsync()).Balanced);
        Assert.Equal(0, monitor.Get<EventBuffer>().WaitingRequests);
    }

    [Fact]
    public async Task A_request_waits_for_its_segment_up_to_the_timeout_and_no_longer()
    {
        await using var monitor = Start(new() { ["Buffering:WriteTimeout"] = "00:00:05" });
        var write = new TaskCompletionSource();
        store.OnPut = _ => write.Task;
        var post = monitor.PostAsync(monitor.Event()).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 1);
        monitor.Time.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.False(post.IsCompleted);
        monitor.Time.Advance(TimeSpan.FromMilliseconds(1));
        var unknown = await Assert.ThrowsAsync<BufferUnavailableException>(() => post.WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Equal(("outcome_unknown", true), (unknown.Code, unknown.RetryAfter > TimeSpan.Zero));
        write.SetResult();
    }

    [Fact]
    public async Task An_answer_that_came_too_late_is_stored_once_with_the_clients_second_try()
    {
        await using var monitor = Start(new() { ["Buffering:WriteTimeout"] = "00:00:01" });
        var write = new TaskCompletionSource();
        store.OnPut = _ => write.Task;
        var item = monitor.Event();
        var post = monitor.PostAsync(item).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 1);
        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<BufferUnavailableException>(() => post.WaitAsync(TimeSpan.FromSeconds(30), Token));
        write.SetResult();
        Assert.Equal(1, (await monitor.PostAsync(item)).Accepted);

        var report = await monitor.FlushAsync();
        Assert.Equal((1, 1), (report.Stored, report.Duplicates));
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task An_exception_of_any_other_kind_is_settled_by_reading_back()
    {
        await using var monitor = Start();
        store.AfterPut = _ => throw new InvalidOperationException("a bug in the store");
        Assert.Equal(1, (await monitor.PostAsync(monitor.Event())).Accepted);
        store.AfterPut = _ => Task.CompletedTask;
        store.OnPut = _ => throw new InvalidOperationException("a bug in the store");
        Assert.Equal("buffer_unavailable", (await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(monitor.Event()).AsTask())).Code);
    }

    [Fact]
    public async Task Abandoned_numbers_are_listed_until_a_segment_that_lists_them_is_acknowledged()
    {
        await using var monitor = Start();
        store.OnPut = name => name.Number is 2 or 3 or 5 ? throw new SegmentStoreException(SegmentStoreFault.NotWritten, "full") : Task.CompletedTask;
        for (var i = 0; i < 7; i++)
        {
            if (i is 1 or 2 or 4)
                await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(monitor.Event()).AsTask());
            else
                await monitor.PostAsync(monitor.Event());
        }

        var headers = store.Written.Select(bytes => SegmentCodec.Decode(bytes).Header).OrderBy(header => header.Number).ToList();
        Assert.Equal([1, 4, 6, 7], headers.Select(header => header.Number));
        Assert.Equal([[], [2, 3], [5], []], headers.Select(header => header.Abandoned));
        Assert.Equal([1, 2, 3, 4], headers.Select(header => header.AcceptedThrough));
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task Rejected_totals_of_a_segment_that_failed_ride_with_the_next()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        await monitor.PostAsync("""{"event_type":"orders"}""");
        store.OnPut = _ => throw new SegmentStoreException(SegmentStoreFault.NotWritten, "full");
        await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(monitor.Event()).AsTask());
        store.OnPut = _ => Task.CompletedTask;
        await monitor.PostAsync(monitor.Event());
        await monitor.PostAsync(monitor.Event());

        Assert.Equal([1, 0], store.Written.Select(bytes => SegmentCodec.Decode(bytes).Header).OrderBy(header => header.Number).Select(header => header.Rejected.Count));
    }

    [Fact]
    public async Task A_stop_writes_the_rejected_totals_that_no_segment_has_carried()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        await monitor.PostAsync("""{"event_type":"orders"}""");
        Assert.Empty(store.Written);
        await monitor.Get<EventBuffer>().StopAsync(Token);

        var header = SegmentCodec.Decode(Assert.Single(store.Written)).Header;
        Assert.Equal((0, "orders", 1), (header.Count, header.Rejected[0].EventType, header.Rejected[0].Count));
        await monitor.FlushAsync();
        Assert.Equal(1, (await monitor.RollupAsync("orders")).Rejected);
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task A_stop_that_is_itself_cancelled_does_not_wait_for_a_write_that_hangs()
    {
        await using var monitor = Start();
        var write = new TaskCompletionSource();
        store.OnPut = _ => write.Task;
        var post = monitor.PostAsync(monitor.Event()).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 1);
        using var patience = new CancellationTokenSource();
        var stop = monitor.Get<EventBuffer>().StopAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stop.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
        write.SetResult();
        Assert.Equal(1, (await post.WaitAsync(TimeSpan.FromSeconds(30), Token)).Accepted);
    }

    [Fact]
    public async Task With_a_linger_the_first_request_of_an_idle_buffer_waits_for_company()
    {
        await using var monitor = Start(new() { ["Buffering:Linger"] = "00:00:00.250" });
        var posts = Enumerable.Range(0, 3).Select(_ => monitor.PostAsync(monitor.Event()).AsTask()).ToList();
        Assert.Empty(store.Written);
        var all = await Task.WhenAll(posts).AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(50));

        Assert.Single(store.Written);
        Assert.Single(all.Select(result => result.SegmentId).Distinct());
    }

    [Fact]
    public async Task Under_a_steady_load_every_segment_lingers_so_that_writes_are_few()
    {
        await using var monitor = Start(new() { ["Buffering:Linger"] = "00:00:00.250" });
        var write = new TaskCompletionSource();
        var begun = new TaskCompletionSource<bool>();
        store.OnPut = name =>
        {
            begun.TrySetResult(true);
            return name.Number == 1 ? write.Task : Task.CompletedTask;
        };
        var first = monitor.PostAsync(monitor.Event()).AsTask();
        await begun.Task.AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(50));

        // While that is being written the next one begins; it is not written the moment the first is done.
        var second = monitor.PostAsync(monitor.Event()).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 2);
        write.SetResult();
        Assert.Equal(1, (await first.WaitAsync(TimeSpan.FromSeconds(30), Token)).Accepted);
        var third = monitor.PostAsync(monitor.Event()).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 2);
        Assert.Single(store.Written);

        var both = await Task.WhenAll(second, third).AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(50));
        Assert.Equal(2, store.Written.Count);
        Assert.Equal(both[0].SegmentId, both[1].SegmentId);
    }

    [Fact]
    public async Task A_full_segment_does_not_linger_nor_does_the_last_one_at_the_stop()
    {
        await using var monitor = Start(new() { ["Buffering:Linger"] = "00:00:05", ["Buffering:SegmentBytes"] = "4096" });
        var large = new string('x', 4000);
        var first = monitor.PostAsync(monitor.Event(data: $$"""{"text":"{{large}}"}""")).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 1);
        var second = monitor.PostAsync(monitor.Event(data: $$"""{"text":"{{large}}"}""")).AsTask();

        // The clock stands still all the time.
        Assert.Equal(1, (await first.WaitAsync(TimeSpan.FromSeconds(30), Token)).Accepted);
        Assert.False(second.IsCompleted);
        await monitor.Get<EventBuffer>().StopAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(1, (await second.WaitAsync(TimeSpan.FromSeconds(30), Token)).Accepted);
        Assert.Equal(2, store.Written.Count);
    }

    [Fact]
    public async Task A_caller_that_leaves_after_its_body_was_read_does_not_take_its_events_with_it()
    {
        await using var monitor = Start();
        var write = new TaskCompletionSource();
        store.OnPut = _ => write.Task;
        using var caller = new CancellationTokenSource();
        var body = System.IO.Pipelines.PipeReader.Create(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(monitor.Event())));
        var post = monitor.Get<FunctionsMonitor.Events.EventIngestor>().IngestAsync(body, FunctionsMonitor.Events.EventFormat.Json, caller.Token).AsTask();
        await WaitUntilAsync(() => monitor.Get<EventBuffer>().WaitingRequests == 1);
        await caller.CancelAsync();
        write.SetResult();
        Assert.Equal(1, (await post.WaitAsync(TimeSpan.FromSeconds(30), Token)).Accepted);
        Assert.Single(store.Written);
    }

    private TestMonitor Start(Dictionary<string, string?>? settings = null, ILoggerProvider? logs = null) => new(
        configure: services =>
        {
            services.AddSingleton<ISegmentStore>(store);
            if (logs is not null)
                services.AddSingleton(logs);
        },
        settings: settings);

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 10_000 && !condition(); i++)
            await Task.Delay(1, Token);
        Assert.True(condition());
    }

    private sealed class ThrowingLogs : ILoggerProvider, ILogger
    {
        public bool Throws { get; set; }

        public int Thrown { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!Throws)
                return;
            Thrown++;
            throw new IOException("No space left on device");
        }

        public void Dispose()
        {
        }
    }
}
