using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.DeadLetters;

public sealed class DeadLetterReplayerTests
{
    private static readonly ReplayOptions AtOnce = new() { RatePerSecond = ReplayOptions.MaxRatePerSecond };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replay_keeps_identity_time_bytes_and_receipt()
    {
        await using var monitor = new TestMonitor();
        var letter = Assert.Single(await MakeAsync(monitor, 1));
        monitor.Time.Advance(TimeSpan.FromHours(1));
        var result = await monitor.Get<DeadLetterReplayer>().ReplayAsync(letter.Id, Token);

        Assert.True(result!.Replayed);
        Assert.Empty(result.Refusals);
        var decoded = SegmentCodec.Decode(await File.ReadAllBytesAsync(Assert.Single(monitor.SegmentFiles), Token));
        Assert.Equal(result.SegmentId, decoded.Header.Id);
        foreach (var item in decoded)
        {
            Assert.Equal((letter.Event.Key.Id, letter.Event.Key.Timestamp, letter.Event.ReceivedAt), (item.Id, item.Timestamp, item.ReceivedAt));
            Assert.Equal("""{ "v" : 2 }""", Encoding.UTF8.GetString(item.Data!.Value.Span));
            Assert.True(item.Marks.HasFlag(EventMarks.Replayed));
        }

        var kept = await monitor.Get<MetricsReader>().FindAsync(letter.Id, Token);
        Assert.Equal((monitor.Time.GetUtcNow(), 1), (kept!.ReplayedAt, kept.Replays));
    }

    [Fact]
    public async Task One_that_is_not_there_is_none()
    {
        await using var monitor = new TestMonitor();
        Assert.Null(await monitor.Get<DeadLetterReplayer>().ReplayAsync(new DeadLetterId(Guid.NewGuid(), 0), Token));
    }

    [Fact]
    public async Task One_past_the_retention_is_refused_and_stays_unmarked()
    {
        await using var monitor = new TestMonitor();
        var letter = (await MakeAsync(monitor, 120, type: "7"))[0];
        Assert.Equal("unknown", letter.Event.Type);
        var replayer = monitor.Get<DeadLetterReplayer>();
        monitor.Time.Advance(TimeSpan.FromDays(31));

        var refused = await replayer.ReplayAsync(letter.Id, Token);
        Assert.False(refused!.Replayed);
        Assert.Null(refused.SegmentId);
        Assert.Contains("older than what is kept", Assert.Single(refused.Refusals), StringComparison.Ordinal);
        Assert.Empty(monitor.SegmentFiles);
        Assert.Equal(0, (await monitor.Get<MetricsReader>().FindAsync(letter.Id, Token))!.Replays);
        var report = await ByFilter(monitor, new(), AtOnce);
        Assert.Equal((120, 0, 120, 0), (report.Matched, report.Replayed, report.Refused, report.Remaining));
    }

    [Fact]
    public async Task A_limit_on_depth_that_was_lowered_since_does_not_break_a_replay()
    {
        var folder = Directory.CreateTempSubdirectory("functionsmonitor-test-").FullName;
        try
        {
            DeadLetterId id;
            await using (var before = new TestMonitor(folder))
                id = Assert.Single(await MakeAsync(before, 1, data: """{"a":[[[[[[1]]]]]]}""")).Id;
            await using var monitor = new TestMonitor(folder, settings: new() { ["Ingest:MaxDepth"] = "2" });
            Assert.True((await monitor.Get<DeadLetterReplayer>().ReplayAsync(id, Token))!.Replayed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_filter_replays_oldest_first_what_fits_it_and_leaves_the_rest()
    {
        await using var monitor = new TestMonitor();
        await MakeAsync(monitor, 2, type: "\"a\"");
        monitor.Time.Advance(TimeSpan.FromMinutes(1));
        await MakeAsync(monitor, 3, type: "\"b\"");

        var report = await ByFilter(monitor, new() { EventType = "b" }, AtOnce);

        Assert.Equal((false, 3, 3, 0, 0), (report.DryRun, report.Matched, report.Replayed, report.Refused, report.Remaining));
        Assert.Equal(3, report.ByReason["conflict"]);
        var letters = await monitor.Get<MetricsReader>().ListAsync(new() { Replayed = false }, null, 10, Token);
        Assert.Equal(["a", "a"], letters.Select(letter => letter.Event.Type));
        Assert.Equal(3, (await ByFilter(monitor, new() { Replayed = true }, AtOnce)).Replayed);
    }

    [Fact]
    public async Task More_than_a_page_is_replayed_up_to_the_limit_and_the_next_call_goes_on()
    {
        await using var monitor = new TestMonitor();
        await MakeAsync(monitor, 230);
        var first = await ByFilter(monitor, new(), AtOnce with { Limit = 150 });
        Assert.Equal((230, 150, 80), (first.Matched, first.Replayed, first.Remaining));
        var second = await ByFilter(monitor, new(), AtOnce with { Limit = 150 });
        Assert.Equal((80, 80, 0), (second.Matched, second.Replayed, second.Remaining));
        Assert.All(await monitor.Get<MetricsReader>().ListAsync(new(), null, 300, Token), letter => Assert.Equal(1, letter.Replays));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        await using var monitor = new TestMonitor();
        await MakeAsync(monitor, 2);
        var report = await ByFilter(monitor, new(), new() { DryRun = true, Limit = 1 });
        Assert.Equal((true, 2, 0, 2), (report.DryRun, report.Matched, report.Replayed, report.Remaining));
        Assert.Empty(monitor.SegmentFiles);
        Assert.Equal(0, (await monitor.Get<MetricsReader>().ListAsync(new(), null, 1, Token))[0].Replays);
    }

    [Fact]
    public async Task The_rate_limit_is_kept_from_the_first_to_the_last()
    {
        await using var monitor = new TestMonitor();
        await MakeAsync(monitor, 5);
        var pending = monitor.Get<DeadLetterReplayer>().ReplayAsync(new DeadLetterFilter(), new() { RatePerSecond = 2 }, Token).AsTask();
        for (var second = 0.0; second < 2; second += 0.5)
        {
            var done = 1 + (int)(second * 2);
            await WaitUntilAsync(monitor, done);
            monitor.Time.Advance(TimeSpan.FromMilliseconds(499));
            await Task.Yield();
            Assert.Equal(done, await ReplayedAsync(monitor));
            monitor.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(5, (await pending.WaitAsync(TimeSpan.FromSeconds(30), Token)).Replayed);
    }

    [Fact]
    public async Task Cancelled_in_the_middle_what_was_replayed_is_marked_and_the_rest_waits_and_the_next_may_begin()
    {
        await using var monitor = new TestMonitor();
        await MakeAsync(monitor, 5);
        using var stop = new CancellationTokenSource();
        var pending = monitor.Get<DeadLetterReplayer>().ReplayAsync(new DeadLetterFilter(), new() { RatePerSecond = 1 }, stop.Token).AsTask();
        await WaitUntilAsync(monitor, 1);
        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        await WaitUntilAsync(monitor, 2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));

        Assert.Equal(2, await ReplayedAsync(monitor));
        Assert.Equal(3, (await ByFilter(monitor, new(), AtOnce)).Replayed);
        var report = await monitor.FlushAsync();
        Assert.Equal(5, report.Events);
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task Two_at_once_by_filter_or_of_one_letter_are_refused_by_name()
    {
        var memory = new MemorySegmentStore();
        await using var monitor = new TestMonitor(configure: services => services.AddSingleton<ISegmentStore>(memory));
        var letter = Assert.Single(await MakeAsync(monitor, 1));
        var write = new TaskCompletionSource();
        memory.OnPut = _ => write.Task;
        var replayer = monitor.Get<DeadLetterReplayer>();
        var first = replayer.ReplayAsync(letter.Id, Token).AsTask();
        var all = replayer.ReplayAsync(new DeadLetterFilter(), AtOnce, Token).AsTask();

        var refused = await Assert.ThrowsAsync<ReplayInProgressException>(() => replayer.ReplayAsync(letter.Id, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Contains(letter.Id.ToString(), refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ReplayInProgressException>(() => replayer.ReplayAsync(new DeadLetterFilter(), AtOnce, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token));
        write.SetResult();
        await first;
        await all;
        memory.OnPut = _ => Task.CompletedTask;
        Assert.True((await replayer.ReplayAsync(letter.Id, Token))!.Replayed);
    }

    [Fact]
    public async Task A_buffer_that_cannot_take_it_leaves_the_letter_unmarked()
    {
        var memory = new MemorySegmentStore();
        await using var monitor = new TestMonitor(configure: services => services.AddSingleton<ISegmentStore>(memory));
        var letter = Assert.Single(await MakeAsync(monitor, 1));
        memory.OnPut = _ => throw new SegmentStoreException(SegmentStoreFault.NotWritten, "full");
        await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.Get<DeadLetterReplayer>().ReplayAsync(letter.Id, Token).AsTask());
        Assert.Null((await monitor.Get<MetricsReader>().FindAsync(letter.Id, Token))!.ReplayedAt);
    }

    [Fact]
    public async Task Over_the_cap_nothing_is_replayed()
    {
        await using var monitor = new TestMonitor(settings: new() { ["Buffering:MaxBytes"] = "1048576" });
        var letter = Assert.Single(await MakeAsync(monitor, 1));
        for (var i = 0; i < 6; i++)
            await monitor.PostAsync(monitor.Event(data: $$"""{"x":"{{new string('x', 200_000)}}"}"""));
        await Assert.ThrowsAsync<BufferFullException>(() => monitor.Get<DeadLetterReplayer>().ReplayAsync(letter.Id, Token).AsTask());
        await Assert.ThrowsAsync<BufferFullException>(() => ByFilter(monitor, new(), AtOnce));
    }

    [Fact]
    public async Task While_the_store_is_left_alone_it_is_refused_at_once_with_a_time_to_try_again()
    {
        await using var monitor = new TestMonitor();
        var letter = Assert.Single(await MakeAsync(monitor, 1));
        await monitor.Get<PipelineRegistry>().IsolateAsync(StorePipelines.ReadName, Token);
        var refused = await Assert.ThrowsAsync<MetricsStoreUnavailableException>(() => monitor.Get<DeadLetterReplayer>().ReplayAsync(letter.Id, Token).AsTask());
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.Empty(monitor.SegmentFiles);
    }

    [Fact]
    public async Task With_validation_strict_an_invalid_one_is_refused_with_the_reason()
    {
        await using var monitor = new TestMonitor();
        var letter = Assert.Single(await MakeAsync(monitor, 1, data: "null", other: "{}"));
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        var refused = await monitor.Get<DeadLetterReplayer>().ReplayAsync(letter.Id, Token);
        Assert.Equal(["data is required."], refused!.Refusals);
        monitor.Flags.ResetAll();
        Assert.True((await monitor.Get<DeadLetterReplayer>().ReplayAsync(letter.Id, Token))!.Replayed);
    }

    /// <summary>So many dead letters by conflict, in one segment.</summary>
    private static async Task<IReadOnlyList<DeadLetter>> MakeAsync(
        TestMonitor monitor, int count, string type = "\"t\"", string data = """{ "v" : 2 }""", string other = """{"v":1}""")
    {
        var at = monitor.Time.GetUtcNow().ToString("O");
        var events = Enumerable.Range(0, count).SelectMany(_ =>
        {
            var id = Guid.NewGuid();
            return new[] { other, data }.Select(
                json => $$"""{"event_id":"{{id}}","event_type":{{type}},"timestamp":"{{at}}","source":"tests","data":{{json}}}""");
        });
        await monitor.PostAsync($"[{string.Join(',', events)}]");
        Assert.Equal(count, (await monitor.FlushAsync()).Dead);
        return await monitor.Get<MetricsReader>().ListAsync(new(), null, 1000, Token);
    }

    private static Task<ReplayReport> ByFilter(TestMonitor monitor, DeadLetterFilter filter, ReplayOptions options) =>
        monitor.Get<DeadLetterReplayer>().ReplayAsync(filter, options, Token).AsTask().AdvancingAsync(monitor.Time);

    private static async Task<int> ReplayedAsync(TestMonitor monitor) =>
        (await monitor.Get<MetricsReader>().ListAsync(new() { Replayed = true }, null, 1000, Token)).Count;

    private static async Task WaitUntilAsync(TestMonitor monitor, int replayed)
    {
        for (var i = 0; i < 10_000 && await ReplayedAsync(monitor) < replayed; i++)
            await Task.Delay(1, Token);
        Assert.Equal(replayed, await ReplayedAsync(monitor));
    }
}
