using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Storage.Sqlite;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.DeadLetters;

/// <summary>A replay by filter that is waited for, watched, ended, cut off and repeated.</summary>
public sealed class DeadLetterReplayTests
{
    private static readonly DeadLetterFilter All = new();
    private static readonly ReplayOptions AtOnce = new() { RatePerSecond = ReplayOptions.MaxRatePerSecond };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_metrics_store_is_left_alone_it_waits_and_says_so_and_then_goes_on()
    {
        await using var monitor = new TestMonitor();
        await MakeAsync(monitor, 3);
        await monitor.Get<PipelineRegistry>().IsolateAsync(MetricsPersister.PipelineName, Token);
        var replayer = monitor.Get<DeadLetterReplayer>();
        var replay = replayer.ReplayAsync(All, AtOnce, Token, "everything").AsTask();

        await UntilAsync(monitor, () => replayer.Progress!.State == ReplayState.Waiting);
        var waiting = replayer.Progress!;
        Assert.Equal(("everything", 3, 0, null), (waiting.Target, waiting.Matched, waiting.Replayed, waiting.EndedAt));
        Assert.Contains("metrics-store", waiting.Cause, StringComparison.Ordinal);
        Assert.Empty(monitor.SegmentFiles);

        await monitor.Get<PipelineRegistry>().ResetAsync(MetricsPersister.PipelineName, Token);
        var report = await replay.AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));
        Assert.Equal((3, 0, null), (report.Replayed, report.Remaining, report.StoppedBy));
        Assert.Equal((ReplayState.Completed, 3, null), (replayer.Progress!.State, replayer.Progress.Replayed, replayer.Progress.Cause));
        Assert.NotNull(replayer.Progress.EndedAt);
    }

    [Fact]
    public async Task It_does_not_wait_longer_than_it_may_take_to_answer()
    {
        await using var monitor = new TestMonitor();
        await MakeAsync(monitor, 2);
        await monitor.Get<PipelineRegistry>().IsolateAsync(MetricsPersister.PipelineName, Token);
        var started = monitor.Time.GetUtcNow();
        var report = await monitor.Get<DeadLetterReplayer>().ReplayAsync(All, AtOnce, Token).AsTask().AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(500));

        Assert.Equal((0, 2, ReplayStop.Breaker), (report.Replayed, report.Remaining, report.StoppedBy));
        Assert.InRange(monitor.Time.GetUtcNow() - started, DeadLetterReplay.TimeBudget, DeadLetterReplay.TimeBudget + TimeSpan.FromSeconds(2));
        Assert.Equal(ReplayState.Stopped, monitor.Get<DeadLetterReplayer>().Progress!.State);
        Assert.Empty(monitor.SegmentFiles);
    }

    [Fact]
    public async Task A_buffer_slower_than_the_rate_ends_it_in_time_and_the_next_call_goes_on()
    {
        var memory = new MemorySegmentStore();
        await using var monitor = new TestMonitor(configure: services => services.AddSingleton<ISegmentStore>(memory));
        await MakeAsync(monitor, 10);
        memory.OnPut = _ =>
        {
            monitor.Time.Advance(TimeSpan.FromSeconds(25));
            return Task.CompletedTask;
        };
        var report = await monitor.Get<DeadLetterReplayer>().ReplayAsync(All, AtOnce, Token).AsTask().AdvancingAsync(monitor.Time);
        Assert.Equal((8, 2, ReplayStop.Time), (report.Replayed, report.Remaining, report.StoppedBy));

        memory.OnPut = _ => Task.CompletedTask;
        var next = await monitor.Get<DeadLetterReplayer>().ReplayAsync(All, AtOnce, Token).AsTask().AdvancingAsync(monitor.Time);
        Assert.Equal((2, 0, null), (next.Replayed, next.Remaining, next.StoppedBy));
    }

    [Fact]
    public async Task Cancelled_it_ends_before_the_next_one_and_the_next_call_goes_on()
    {
        await using var monitor = new TestMonitor();
        await MakeAsync(monitor, 5);
        var replayer = monitor.Get<DeadLetterReplayer>();
        Assert.Null(replayer.Cancel());
        var replay = replayer.ReplayAsync(All, new() { RatePerSecond = 1 }, Token).AsTask();
        await UntilAsync(monitor, () => replayer.Progress!.Replayed == 2);
        Assert.Equal(2, replayer.Cancel()!.Replayed);

        // The clock stands: it does not wait for its turn.
        var report = await replay.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal((2, 3, ReplayStop.Cancelled), (report.Replayed, report.Remaining, report.StoppedBy));
        Assert.Null(replayer.Cancel());
        Assert.Equal((ReplayState.Stopped, 2), (replayer.Progress!.State, replayer.Progress.Replayed));
        Assert.Equal(3, (await replayer.ReplayAsync(All, AtOnce, Token).AsTask().AdvancingAsync(monitor.Time)).Replayed);
        Assert.Equal(5, (await monitor.FlushAsync()).Stored);
    }

    [Fact]
    public async Task One_that_fails_says_how_far_it_came_and_a_dry_run_is_none()
    {
        var memory = new MemorySegmentStore();
        await using var monitor = new TestMonitor(configure: services => services.AddSingleton<ISegmentStore>(memory));
        await MakeAsync(monitor, 3);
        var replayer = monitor.Get<DeadLetterReplayer>();
        await replayer.ReplayAsync(All, AtOnce with { DryRun = true }, Token);
        Assert.Null(replayer.Progress);

        var writes = 0;
        memory.OnPut = _ => ++writes == 3 ? throw new SegmentStoreException(SegmentStoreFault.NotWritten, "full") : Task.CompletedTask;
        await Assert.ThrowsAsync<BufferUnavailableException>(() => replayer.ReplayAsync(All, AtOnce, Token).AsTask().AdvancingAsync(monitor.Time));
        Assert.Equal((ReplayState.Failed, 2, "full"), (replayer.Progress!.State, replayer.Progress.Replayed, replayer.Progress.Cause));
    }

    [Fact]
    public async Task What_a_later_flush_stored_meanwhile_and_what_is_replayed_twice_are_duplicates()
    {
        await using var monitor = new TestMonitor();
        var bodies = await MakeAsync(monitor, 3);
        // The client sends one of them again, now that the store takes it.
        await monitor.PostAsync(bodies[1]);
        Assert.Equal(1, (await monitor.FlushAsync()).Stored);

        Assert.Equal(3, (await ReplayAllAsync(monitor, All)).Replayed);
        var first = await monitor.FlushAsync();
        Assert.Equal((2, 1, 0), (first.Stored, first.Duplicates, first.Dead));
        Assert.Equal(3, (await ReplayAllAsync(monitor, new() { Replayed = true })).Replayed);
        var second = await monitor.FlushAsync();
        Assert.Equal((0, 3, 0), (second.Stored, second.Duplicates, second.Dead));

        Assert.Equal(3, (await monitor.EventsAsync()).Count);
        Assert.Equal(3, (await monitor.RollupAsync("bad")).Total);
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_dies_half_way_is_replaced_by_one_that_goes_on(bool flushBetween)
    {
        using var folder = new TemporaryFolder();
        var files = new FaultyFileSystem();
        var (reached, released) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new ManualResetEventSlim());
        var dead = new TestMonitor(folder.Path, services => services.AddSingleton<IFileSystem>(files));
        await MakeAsync(dead, 5);
        var renamed = 0;
        // The third is durable and not marked.
        files.AfterRename = path =>
        {
            if (!path.EndsWith(".fms", StringComparison.Ordinal) || ++renamed < 3)
                return;

            reached.TrySetResult();
            released.Wait(TimeSpan.FromSeconds(60));
            throw new IOException("The process is gone.");
        };
        var replay = Task.Run(() => dead.Get<DeadLetterReplayer>().ReplayAsync(All, AtOnce, Token).AsTask(), Token);
        while (!reached.Task.IsCompleted && !replay.IsCompleted)
        {
            dead.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.WhenAny(reached.Task, Task.Delay(1, Token));
        }

        await using (var next = new TestMonitor(folder.Path))
        {
            if (flushBetween)
                await next.FlushAsync();
            Assert.Equal(3, (await ReplayAllAsync(next, All)).Replayed);
            await next.FlushAsync();
            Assert.Equal(5, (await next.EventsAsync()).Count);
            Assert.True((await next.LedgerAsync()).Balanced);
            Assert.Equal(0, (await ReplayAllAsync(next, All)).Matched);
        }

        released.Set();
        await Assert.ThrowsAnyAsync<Exception>(() => replay.WaitAsync(TimeSpan.FromSeconds(30), Token));
        await dead.DisposeAsync();
        released.Dispose();
    }

    /// <summary>So many dead letters in segments of their own that the store refused and would take now; their bodies.</summary>
    private static async Task<IReadOnlyList<string>> MakeAsync(TestMonitor monitor, int count)
    {
        var database = monitor.Get<IServiceProvider>().GetRequiredKeyedService<SqliteDatabase>("metrics");
        await database.WriteAsync(
            connection => connection.Execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.event_type = 'bad' BEGIN SELECT RAISE(ABORT, 'not now'); END"), Token);
        var bodies = Enumerable.Range(0, count).Select(_ => monitor.Event("bad")).ToList();
        foreach (var body in bodies)
            await monitor.PostAsync(body);
        Assert.Equal(count, (await monitor.FlushAsync()).Dead);
        await database.WriteAsync(connection => connection.Execute("DROP TRIGGER refuse"), Token);
        return bodies;
    }

    private static Task<ReplayReport> ReplayAllAsync(TestMonitor monitor, DeadLetterFilter filter) =>
        monitor.Get<DeadLetterReplayer>().ReplayAsync(filter, AtOnce, Token).AsTask().AdvancingAsync(monitor.Time);

    private static async Task UntilAsync(TestMonitor monitor, Func<bool> holds)
    {
        for (var i = 0; i < 10_000 && !holds(); i++)
        {
            monitor.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1, Token);
        }

        Assert.True(holds());
    }
}
