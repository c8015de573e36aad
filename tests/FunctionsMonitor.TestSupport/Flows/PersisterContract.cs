using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.TestSupport.Flushing;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>What a flush does when its parts fail, hang or are too slow, whatever the metrics store is.</summary>
public abstract class PersisterContract(IFlowStore metrics) : FlowContract(metrics)
{
    private readonly HookedMetricsStore store = new();
    private readonly FaultyFileSystem files = new();

    [Fact]
    public async Task A_batch_that_times_out_is_halved_until_the_store_can_take_it()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 8);
        store.OnWrite = (batch, token) => batch.EventCount > 2 ? HangAsync(token) : Task.CompletedTask;

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Completed, 8L, 0), (report.Outcome, report.Stored, report.PassedOver));
        Assert.Contains(4, store.Writes);
        Assert.Empty(monitor.SegmentFiles);
    }

    [Fact]
    public async Task A_flush_goes_on_with_the_size_that_the_last_one_got_down_to_and_doubles_it()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 8);
        store.OnWrite = (batch, token) => batch.EventCount > 2 ? HangAsync(token) : Task.CompletedTask;
        await Flush(monitor);

        store.Writes.Clear();
        store.OnWrite = (_, _) => Task.CompletedTask;
        foreach (var expected in (int[][])[[4, 4], [8], [8]])
        {
            await PostAsync(monitor, 8);
            await Flush(monitor);
            Assert.Equal(expected, store.Writes);
            store.Writes.Clear();
        }
    }

    [Fact]
    public async Task A_segment_too_slow_even_alone_gets_the_rest_of_the_time_after_all_the_others()
    {
        await using var monitor = Start();
        await monitor.PostAsync($"[{monitor.Event("slow")},{monitor.Event("slow")}]");
        await monitor.PostAsync(monitor.Event());
        // Slower than MONITORING_TIMEOUT_MS (5 s), and within the flush's 180 s.
        store.OnWrite = (batch, token) => batch.EventCount >= 2 ? Task.Delay(TimeSpan.FromSeconds(20), monitor.Time, token) : Task.CompletedTask;

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Completed, 3L, 0), (report.Outcome, report.Stored, report.PassedOver));
        Assert.Equal(2, store.Writes[^1]);
        Assert.Empty(monitor.SegmentFiles);
    }

    [Fact]
    public async Task A_segment_that_never_ends_is_passed_over_and_named_and_the_others_are_stored()
    {
        await using var monitor = Start();
        await monitor.PostAsync($"[{monitor.Event("poison")},{monitor.Event("poison")}]");
        await monitor.PostAsync(monitor.Event());
        store.OnWrite = (batch, token) => batch.EventCount >= 2 ? HangAsync(token) : Task.CompletedTask;

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Partial, 1L, 1, 2L), (report.Outcome, report.Stored, report.PassedOver, report.EventsLeft));
        Assert.Contains(report.Notes, note => note.Contains("with 2 events was passed over", StringComparison.Ordinal));
        Assert.Single(monitor.SegmentFiles);
        Assert.True((await monitor.LedgerAsync()).Balanced);

        store.OnWrite = (_, _) => Task.CompletedTask;
        Assert.Equal((FlushOutcome.Completed, 2L), await Outcome(monitor));
    }

    [Fact]
    public async Task A_segment_that_is_refused_as_a_whole_is_passed_over_and_the_others_are_stored()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 3);
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");
        store.OnClassify = exception => exception is InvalidDataException ? ErrorKind.Data : null;
        store.OnWrite = (batch, _) => batch.Segments.Any(segment => segment.Header.Count == 2) ? throw new InvalidDataException("no") : Task.CompletedTask;

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Partial, 3L, 1, 2L), (report.Outcome, report.Stored, report.PassedOver, report.EventsLeft));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_passed_over_and_named_and_the_others_are_stored()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 3);
        var bad = monitor.SegmentFiles[1];
        files.BeforeRead = path => Throw(path == bad, "bad sector");

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Partial, 2L, 1), (report.Outcome, report.Stored, report.PassedOver));
        Assert.Contains(report.Notes, note => note.Contains("bad sector", StringComparison.Ordinal));
        Assert.Equal([bad], monitor.SegmentFiles);
        Assert.Equal(0, report.Quarantined);

        files.BeforeRead = _ => { };
        Assert.Equal((FlushOutcome.Completed, 1L), await Outcome(monitor));
    }

    [Fact]
    public async Task A_segment_that_cannot_be_deleted_is_named_and_no_flush_fails_for_it()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 3);
        var held = monitor.SegmentFiles[0];
        files.BeforeDelete = path => Throw(path == held, "held");

        var first = await Flush(monitor);

        Assert.Equal((FlushOutcome.Partial, 3L, 1, 1L), (first.Outcome, first.Stored, first.PassedOver, first.EventsLeft));
        Assert.Contains(first.Notes, note => note.Contains("could not be deleted: held", StringComparison.Ordinal));
        Assert.Equal([held], monitor.SegmentFiles);
        Assert.Single(await store.ListNotDeletedAsync(10, TestContext.Current.CancellationToken));

        await PostAsync(monitor, 2);
        Assert.Equal((FlushOutcome.Partial, 2L), await Outcome(monitor));
        Assert.True((await monitor.LedgerAsync()).Balanced);

        files.BeforeDelete = _ => { };
        Assert.Equal((FlushOutcome.Completed, 0L), await Outcome(monitor));
        Assert.Empty(monitor.SegmentFiles);
        Assert.Empty(await store.ListNotDeletedAsync(10, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stray_file_that_cannot_be_moved_is_named_and_the_segments_are_stored()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        var stray = Path.Combine(monitor.SegmentFolder, "a.txt");
        await File.WriteAllTextAsync(stray, "not ours", TestContext.Current.CancellationToken);
        files.BeforeRename = path => Throw(path == stray, "not yours");

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Partial, 1L, 1, 0), (report.Outcome, report.Stored, report.PassedOver, report.Quarantined));
        Assert.Contains(report.Notes, note => note.Contains("a.txt was passed over: not yours", StringComparison.Ordinal));
        Assert.Equal([stray], monitor.SegmentFiles);
        Assert.Empty(Directory.GetFiles(Path.Combine(monitor.Folder, "quarantine")));

        files.BeforeRename = _ => { };
        Assert.Equal((FlushOutcome.Completed, 0L), await Outcome(monitor));
        Assert.Empty(monitor.SegmentFiles);
    }

    [Fact]
    public async Task What_is_listed_again_after_it_was_moved_does_not_keep_a_flush_going()
    {
        await using var monitor = Start();
        var stray = Path.Combine(monitor.SegmentFolder, "a.txt");
        Directory.CreateDirectory(monitor.SegmentFolder);
        await File.WriteAllTextAsync(stray, "not ours", TestContext.Current.CancellationToken);
        // To the store this is another flusher that was faster.
        files.BeforeRename = path => throw new FileNotFoundException(path);

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Completed, 1), (report.Outcome, report.Quarantined));
    }

    [Fact]
    public async Task A_closed_path_gives_way_to_the_next_and_is_named()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        store.FirstPathFailure = new NotSupportedException("no such function");
        store.OnClassify = exception => exception is NotSupportedException ? ErrorKind.Path : null;

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Completed, "hooked", 1L, 0), (report.Outcome, report.Path, report.Stored, report.Retries));
        Assert.Contains(report.Notes, note => note.Contains("Path first", StringComparison.Ordinal) && note.Contains("no such function", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_every_path_is_closed_the_flush_fails_and_keeps_the_segments()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        store.OnClassify = exception => exception is NotSupportedException ? ErrorKind.Path : null;
        store.OnWrite = (_, _) => throw new NotSupportedException("no such function");

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Failed, 0L), (report.Outcome, report.Stored));
        Assert.Contains("no such function", report.Notes[^1], StringComparison.Ordinal);
        Assert.Single(monitor.SegmentFiles);
    }

    [Fact]
    public async Task A_transient_error_is_retried_and_counted()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        var left = 2;
        store.OnWrite = (_, _) => left-- > 0 ? throw new IOException("connection lost") : Task.CompletedTask;

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Completed, 2, 1L), (report.Outcome, report.Retries, report.Stored));
    }

    [Fact]
    public async Task A_transaction_takes_so_many_events_and_bytes_and_never_less_than_one_segment()
    {
        await using var monitor = Start(new() { ["Flush:TransactionEvents"] = "4", ["Flush:TransactionBytes"] = "65536" });
        await PostAsync(monitor, 3);
        await monitor.PostAsync($"[{string.Join(',', Enumerable.Range(0, 9).Select(_ => monitor.Event()))}]");
        await PostAsync(monitor, 2);
        for (var i = 0; i < 2; i++)
            await monitor.PostAsync(monitor.Event(data: $$"""{"x":"{{new string('x', 60_000)}}"}"""));

        await Flush(monitor);

        Assert.Equal([3, 9, 3, 1], store.Writes);
    }

    [Fact]
    public async Task Dead_letters_are_counted_once_a_flush_and_the_cap_holds_over_its_transactions()
    {
        await using var monitor = Start(new() { ["Retention:MaxDeadLetters"] = "2", ["Flush:TransactionEvents"] = "2" });
        for (var i = 0; i < 4; i++)
        {
            var id = Guid.NewGuid();
            await monitor.PostAsync($"[{monitor.Event(id: id, data: """{"v":1}""")},{monitor.Event(id: id, data: """{"v":2}""")}]");
        }

        var report = await Flush(monitor);

        Assert.Equal((2L, 2, true, 1), (report.Dead, report.PassedOver, report.DeadLettersFull, store.DeadLetterCounts));
        Assert.False((await Flush(monitor)) is { Dead: > 0 });
    }

    [Fact]
    public async Task When_the_time_is_up_the_flush_ends_partial_and_the_rest_waits()
    {
        await using var monitor = Start(new() { ["Flush:TimeBudget"] = "00:00:03", ["Flush:TransactionEvents"] = "1" });
        await PostAsync(monitor, 5);
        store.OnWrite = (_, token) => Task.Delay(TimeSpan.FromSeconds(2), monitor.Time, token);

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Partial, 1L), (report.Outcome, report.Stored));
        Assert.Contains(report.Notes, note => note.Contains("time budget", StringComparison.Ordinal));
        Assert.Equal(4, monitor.SegmentFiles.Length);
    }

    [Fact]
    public async Task A_flush_asked_to_stop_keeps_what_is_committed_and_leaves_the_rest()
    {
        await using var monitor = Start(new() { ["Flush:TransactionEvents"] = "1" });
        await PostAsync(monitor, 3);
        using var stop = new CancellationTokenSource();
        store.OnWrite = (_, _) => store.Writes.Count == 2 ? stop.CancelAsync() : Task.CompletedTask;

        var report = await monitor.Get<MetricsPersister>().FlushAsync("timer", stop.Token);

        Assert.Equal((FlushOutcome.Cancelled, 1L), (report.Outcome, report.Stored));
        Assert.Equal(2, monitor.SegmentFiles.Length);
        Assert.Null(await monitor.Get<IFlushSchedule>().ReadLastFlushAsync(TestContext.Current.CancellationToken));
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task A_second_flush_is_refused_and_the_running_one_is_named()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        var begun = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        store.OnWrite = (_, _) =>
        {
            begun.SetResult();
            return go.Task;
        };
        var first = monitor.FlushAsync().AsTask();
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<FlushInProgressException>(
            () => monitor.FlushAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Null(await monitor.Get<FlushDue>().FlushIfDueAsync(TestContext.Current.CancellationToken));
        go.SetResult();
        var report = await first;

        Assert.Equal((report.FlushId, report.StartedAt), (refused.RunningFlushId, refused.Since));
        Assert.Equal(FlushOutcome.Empty, (await monitor.FlushAsync()).Outcome);
    }

    [Fact]
    public async Task Another_process_that_holds_the_store_is_no_failure_of_it()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        store.OnWrite = (_, _) => throw new FlushInProgressException(null, null);

        await Assert.ThrowsAsync<FlushInProgressException>(() => Flush(monitor));
        Assert.Single(store.Writes);
        Assert.Equal(0, monitor.Get<PipelineRegistry>().GetMetrics(MetricsPersister.PipelineName).Retries);
    }

    [Fact]
    public async Task Another_flush_that_comes_in_between_leaves_the_report_of_what_was_written()
    {
        await using var monitor = Start(new() { ["Flush:TransactionEvents"] = "1" });
        await PostAsync(monitor, 3);
        store.OnWrite = (_, _) => store.Writes.Count == 2 ? throw new FlushInProgressException(null, null) : Task.CompletedTask;

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Partial, 1L), (report.Outcome, report.Stored));
        Assert.Contains(report.Notes, note => note.Contains("Another instance is flushing", StringComparison.Ordinal));
        var kept = await monitor.Get<IMetricsQueries>().ListFlushesAsync(10, TestContext.Current.CancellationToken);
        Assert.Equal(report.FlushId, Assert.Single(kept).FlushId);
    }

    [Fact]
    public async Task A_retry_that_meets_the_transaction_of_the_attempt_before_it_is_a_failure_and_the_next_flush_starts_smaller()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 8);
        store.OnWrite = (_, token) => store.Writes.Count == 1 ? HangAsync(token) : throw new FlushInProgressException(null, null);

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Failed, 0L), (report.Outcome, report.Stored));
        Assert.Equal([8, 8], store.Writes);

        store.Writes.Clear();
        store.OnWrite = (_, _) => Task.CompletedTask;
        Assert.Equal((FlushOutcome.Completed, 8L), await Outcome(monitor));
        Assert.Equal([4, 4], store.Writes);
    }

    [Theory]
    [InlineData(ErrorKind.Transient)]
    [InlineData(ErrorKind.Path)]
    public async Task A_batch_that_flush_after_flush_ends_at_is_halved_and_the_segment_at_fault_is_passed_over(ErrorKind kind)
    {
        await using var monitor = Start();
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");
        await PostAsync(monitor, 3);
        store.OnClassify = exception => exception is InvalidOperationException ? kind : null;
        store.OnWrite = (batch, _) =>
            batch.Segments.Any(segment => segment.Header.Count == 2) ? throw new InvalidOperationException("54000: too complex") : Task.CompletedTask;
        for (var i = 0; i < 3; i++)
            Assert.Equal((FlushOutcome.Failed, 0L), await Outcome(monitor));

        var report = await Flush(monitor);

        Assert.Equal((FlushOutcome.Partial, 3L, 1, 2L), (report.Outcome, report.Stored, report.PassedOver, report.EventsLeft));
        Assert.Contains(report.Notes, note => note.Contains("54000", StringComparison.Ordinal));
        await PostAsync(monitor, 2);
        Assert.Equal((FlushOutcome.Partial, 2L), await Outcome(monitor));
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_at_all_is_a_failed_flush_however_often()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 2);
        store.OnWrite = (_, _) => throw new IOException("readonly");
        for (var i = 0; i < 6; i++)
        {
            var report = await Flush(monitor);
            Assert.Equal((FlushOutcome.Failed, 0L), (report.Outcome, report.Stored));
            Assert.Contains("readonly", report.Notes[^1], StringComparison.Ordinal);
        }

        // In pieces, from the fourth on; or the test above would not see the difference.
        Assert.Contains(1, store.Writes);
    }

    [Fact]
    public async Task An_error_is_not_the_batchs_when_everything_was_written_in_between()
    {
        await using var monitor = Start();
        for (var i = 0; i < 2; i++)
        {
            await PostAsync(monitor, 2);
            store.OnWrite = (_, _) => throw new IOException("away");
            Assert.Equal(FlushOutcome.Failed, (await Flush(monitor)).Outcome);
            Assert.Equal(FlushOutcome.Failed, (await Flush(monitor)).Outcome);
            store.OnWrite = (_, _) => Task.CompletedTask;
            Assert.Equal(FlushOutcome.Completed, (await Flush(monitor)).Outcome);
        }

        Assert.DoesNotContain(1, store.Writes);
    }

    [Fact]
    public async Task Reports_wait_for_a_store_that_cannot_keep_them_and_an_empty_timer_flush_leaves_none()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        store.OnPrepare = () => throw new IOException("away");
        var failed = await Flush(monitor);
        store.OnPrepare = () => { };
        var done = await Flush(monitor);
        await monitor.Get<MetricsPersister>().FlushAsync("timer", TestContext.Current.CancellationToken);

        var kept = await monitor.Get<IMetricsQueries>().ListFlushesAsync(10, TestContext.Current.CancellationToken);
        Assert.Equal([done.FlushId, failed.FlushId], kept.Select(report => report.FlushId));
        Assert.Equal(FlushOutcome.Failed, kept[1].Outcome);
    }

    [Fact]
    public async Task Retention_is_applied_with_each_of_its_times_and_at_most_once_an_hour()
    {
        await using var monitor = Start(new()
        {
            ["Retention:Events"] = "10.00:00:00",
            ["Retention:DeadLetters"] = "11.00:00:00",
            ["Retention:SegmentRows"] = "12.00:00:00",
            ["Retention:Flushes"] = "13.00:00:00",
        });
        var begun = monitor.Time.GetUtcNow();
        await Flush(monitor);
        // The clock goes on while the flush does.
        var first = store.LastCutoffs!.Events.AddDays(10);
        Assert.InRange(first, begun, begun.AddMinutes(1));
        Assert.Equal(new(first.AddDays(-10), first.AddDays(-11), first.AddDays(-12), first.AddDays(-13)), store.LastCutoffs);

        monitor.Time.Advance(TimeSpan.FromMinutes(58));
        await Flush(monitor);
        Assert.Equal(first.AddDays(-10), store.LastCutoffs.Events);
        monitor.Time.Advance(TimeSpan.FromMinutes(2));
        await Flush(monitor);
        Assert.InRange(store.LastCutoffs.Events, first.AddDays(-10).AddMinutes(60), first.AddDays(-10).AddMinutes(62));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retention_does_not_wait_for_a_backlog_to_end_nor_for_a_flush_that_succeeds(bool fails)
    {
        await using var monitor = Start(new() { ["Flush:TimeBudget"] = "00:00:03", ["Flush:TransactionEvents"] = "1" });
        await PostAsync(monitor, 5);
        store.OnClassify = exception => exception is NotSupportedException ? ErrorKind.Path : null;
        store.OnWrite = (_, token) =>
            fails ? throw new NotSupportedException("closed") : Task.Delay(TimeSpan.FromSeconds(2), monitor.Time, token);

        Assert.Equal(fails ? FlushOutcome.Failed : FlushOutcome.Partial, (await Flush(monitor)).Outcome);

        Assert.NotNull(store.LastCutoffs);
    }

    [Fact]
    public async Task A_delete_that_was_never_noted_is_noted_later_so_that_the_books_can_be_folded()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 2);
        store.MarkFailure = new IOException("locked");
        Assert.Equal(FlushOutcome.Failed, (await Flush(monitor)).Outcome);
        Assert.Empty(monitor.SegmentFiles);

        store.MarkFailure = null;
        monitor.Time.Advance(TimeSpan.FromHours(1));
        await Flush(monitor);
        Assert.Empty(await store.ListNotDeletedAsync(10, TestContext.Current.CancellationToken));
        monitor.Time.Advance(TimeSpan.FromDays(8));
        await Flush(monitor);

        var record = Assert.Single(await monitor.Get<MetricsReader>().ReadLedgerAsync(TestContext.Current.CancellationToken));
        Assert.Equal((2, 0), (record.FoldedThrough, record.Runs.Count));
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task A_segment_that_has_a_row_and_is_there_again_is_not_noted_as_deleted_but_deleted_by_the_next_flush()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        var file = monitor.SegmentFiles[0];
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        store.MarkFailure = new IOException("locked");
        await Flush(monitor);

        store.MarkFailure = null;
        store.AfterListNotDeleted = () => File.WriteAllBytes(file, bytes);
        monitor.Time.Advance(TimeSpan.FromHours(1));
        await Flush(monitor);
        store.AfterListNotDeleted = () => { };
        Assert.Single(await store.ListNotDeletedAsync(10, TestContext.Current.CancellationToken));

        await Flush(monitor);
        Assert.Empty(monitor.SegmentFiles);
        Assert.Empty(await store.ListNotDeletedAsync(10, TestContext.Current.CancellationToken));
        Assert.Single(await monitor.EventsAsync());
    }

    private protected TestMonitor Start(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null) => Start(
        null,
        services =>
        {
            store.Register(services);
            services.AddSingleton<IFileSystem>(files);
            configure?.Invoke(services);
        },
        settings);

    private protected static async Task PostAsync(TestMonitor monitor, int count)
    {
        for (var i = 0; i < count; i++)
            await monitor.PostAsync(monitor.Event());
    }

    private Task<FlushReport> Flush(TestMonitor monitor) =>
        monitor.FlushAsync().AsTask().AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(250), () => store.IsBusy);

    private protected async Task<(FlushOutcome, long)> Outcome(TestMonitor monitor)
    {
        var report = await Flush(monitor);
        return (report.Outcome, report.Stored);
    }

    private protected static Task HangAsync(CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, token);

    private static void Throw(bool when, string message)
    {
        if (when)
            throw new IOException(message);
    }
}
