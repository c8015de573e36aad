using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Files;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>
/// A process that ends exactly there: the call never comes back, nothing after it runs, and another process (its own incarnation, the same
/// folder) takes over. What SIGKILL at random moments meets by chance is met here every time.
/// </summary>
public abstract class CrashPointContract(IFlowStore metrics) : FlowContract(metrics)
{
    private readonly TemporaryFolder folder = new();
    private readonly FaultyFileSystem files = new();
    private readonly ManualResetEventSlim released = new();
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask DisposeAsync()
    {
        released.Dispose();
        folder.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Between_commit_and_delete_nothing_is_stored_twice()
    {
        var dead = Start();
        await dead.PostAsync($"[{dead.Event()},{dead.Event()}]");
        await dead.PostAsync(dead.Event());
        files.BeforeDelete = path => EndIf(path.EndsWith(".fms", StringComparison.Ordinal));
        var flush = Task.Run(() => dead.FlushAsync().AsTask(), TestContext.Current.CancellationToken);
        await ReachedAsync();

        await using (var next = Start(folder.Path))
        {
            Assert.Equal(2, next.SegmentFiles.Length);
            var between = await next.LedgerAsync();
            Assert.Equal((3, 3, 0, true), (between.Accepted, between.Stored, between.Pending, between.Balanced));

            var report = await next.FlushAsync();
            Assert.Equal((FlushOutcome.Completed, 0L, 0L), (report.Outcome, report.Stored, report.Duplicates));
            Assert.Contains(report.Notes, note => note.StartsWith("2 segments were committed by an earlier flush", StringComparison.Ordinal));
            await AssertWholeAsync(next, events: 3);
        }

        await EndAsync(dead, flush);
    }

    [Fact]
    public async Task Between_delete_and_the_mark_of_the_delete_nothing_is_missed()
    {
        var dead = Start();
        await dead.PostAsync(dead.Event());
        await dead.PostAsync(dead.Event());
        var deleted = 0;
        files.BeforeDelete = path => EndIf(path.EndsWith(".fms", StringComparison.Ordinal) && ++deleted == 2);
        var flush = Task.Run(() => dead.FlushAsync().AsTask(), TestContext.Current.CancellationToken);
        await ReachedAsync();

        await using (var next = Start(folder.Path))
        {
            Assert.Single(next.SegmentFiles);
            await next.FlushAsync();
            await AssertWholeAsync(next, events: 2);
        }

        await EndAsync(dead, flush);
    }

    [Fact]
    public async Task Between_rename_and_answer_the_event_is_stored_once_also_with_the_clients_second_try()
    {
        var dead = Start();
        await dead.PostAsync(dead.Event("answered"));
        var item = dead.Event("unanswered");
        files.AfterRename = path => EndIf(path.EndsWith(".fms", StringComparison.Ordinal));
        var post = Task.Run(() => dead.PostAsync(item).AsTask(), TestContext.Current.CancellationToken);
        await ReachedAsync();
        Assert.False(post.IsCompleted);

        await using (var next = Start(folder.Path))
        {
            Assert.Equal(1, (await next.PostAsync(item)).Accepted);
            var report = await next.FlushAsync();
            Assert.Equal((2, 1), (report.Stored, report.Duplicates));
            await AssertWholeAsync(next, events: 2);
        }

        await EndAsync(dead, post);
    }

    [Fact]
    public async Task Before_the_rename_nothing_shows_and_the_second_try_is_the_first()
    {
        var dead = Start();
        var item = dead.Event("unanswered");
        files.BeforeRename = path => EndIf(path.EndsWith(".tmp", StringComparison.Ordinal));
        var post = Task.Run(() => dead.PostAsync(item).AsTask(), TestContext.Current.CancellationToken);
        await ReachedAsync();

        await using (var next = Start(folder.Path))
        {
            Assert.Equal(FlushOutcome.Empty, (await next.FlushAsync()).Outcome);
            Assert.Equal(1, (await next.PostAsync(item)).Accepted);
            Assert.Equal(1, (await next.FlushAsync()).Stored);
            await AssertWholeAsync(next, events: 1, left: 1);
        }

        await EndAsync(dead, post);
    }

    /// <summary>No crash, but what comes nearest to one: the name is there, and nobody knows whether a power cut would leave it.</summary>
    [Fact]
    public async Task Between_a_rename_that_could_not_be_synced_and_the_look_for_it_a_flush_may_come_and_nobody_is_told_that_nothing_was_stored()
    {
        await using var monitor = Start();
        await using var other = Start(folder.Path);
        files.AfterRename = path =>
        {
            if (!path.EndsWith(".fms", StringComparison.Ordinal))
                return;

            files.AfterRename = _ => { };
            Assert.Equal(1, Task.Run(() => other.FlushAsync().AsTask()).GetAwaiter().GetResult().Stored);
            throw new IOException("The folder cannot be synced.");
        };

        var item = monitor.Event("unanswered");
        var refused = await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(item).AsTask());
        Assert.Equal(BufferUnavailableException.OutcomeUnknown, refused.Code);
        Assert.Equal(1, (await monitor.PostAsync(item)).Accepted);
        Assert.Equal(1, (await monitor.FlushAsync()).Duplicates);
        var ledger = await monitor.LedgerAsync();
        Assert.Equal((1, 1), (ledger.Accepted, ledger.Unacknowledged));
        await AssertWholeAsync(monitor, events: 1);
    }

    private TestMonitor Start() => Start(folder.Path, services => services.AddSingleton<IFileSystem>(files));

    private void EndIf(bool here)
    {
        if (!here)
            return;

        reached.TrySetResult();
        released.Wait(TimeSpan.FromSeconds(60));
        throw new IOException("The process is gone.");
    }

    private Task ReachedAsync() => reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>Stored once each, the books balance, and a fresh event passes.</summary>
    private static async Task AssertWholeAsync(TestMonitor monitor, int events, int left = 0)
    {
        Assert.Equal(left, monitor.SegmentFiles.Length);
        Assert.Equal(events, (await monitor.EventsAsync()).Count);
        Assert.True((await monitor.LedgerAsync()).Balanced);
        await monitor.PostAsync(monitor.Event());
        Assert.Equal(1, (await monitor.FlushAsync()).Stored);
    }

    /// <summary>Lets the dead process's thread go, so that the test leaves none behind; nothing of what it does now is looked at.</summary>
    private async Task EndAsync(TestMonitor dead, Task call)
    {
        released.Set();
        try
        {
            await call.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (BufferUnavailableException)
        {
            // It cannot know any more.
        }

        await dead.DisposeAsync();
    }
}
