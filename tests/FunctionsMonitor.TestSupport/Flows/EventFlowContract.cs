using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Health;

namespace FunctionsMonitor.TestSupport.Flows;

public abstract class EventFlowContract(IFlowStore metrics) : FlowContract(metrics)
{
    [Fact]
    public async Task An_event_goes_from_the_request_to_the_store_and_its_rollup()
    {
        await using var monitor = Start();
        var result = await monitor.PostAsync(monitor.Event("checkout.completed", data: """{ "a" : 1,  "a":2, "z":"\u0000" }"""));

        Assert.Equal((1, 0), (result.Accepted, result.Rejected));
        Assert.Single(monitor.SegmentFiles);

        var report = await monitor.FlushAsync();

        Assert.Equal((FlushOutcome.Completed, 1, 1L, Metrics.WritePath), (report.Outcome, report.Segments, report.Stored, report.Path));
        Assert.Empty(monitor.SegmentFiles);
        var stored = Assert.Single(await monitor.EventsAsync());
        Assert.Equal("checkout.completed", stored.Type);
        Assert.Equal("""{ "a" : 1,  "a":2, "z":"\u0000" }""", Encoding.UTF8.GetString(stored.Data!.Value.Span));
        var rollup = await monitor.RollupAsync("checkout.completed");
        Assert.Equal((1, 1, 0), (rollup.Total, rollup.Passed, rollup.Failed));
    }

    [Fact]
    public async Task The_same_event_in_one_segment_across_segments_and_across_flushes_is_stored_once()
    {
        await using var monitor = Start();
        var item = monitor.Event(id: Guid.NewGuid());
        await monitor.PostAsync($"[{item},{item}]");
        await monitor.PostAsync(item);
        var first = await monitor.FlushAsync();
        await monitor.PostAsync(item);
        var second = await monitor.FlushAsync();

        Assert.Equal((1, 2), (first.Stored, first.Duplicates));
        Assert.Equal((0, 1), (second.Stored, second.Duplicates));
        Assert.Single(await monitor.EventsAsync());
        Assert.Equal(1, (await monitor.RollupAsync("test.event")).Total);
        var ledger = await monitor.LedgerAsync();
        Assert.True(ledger.Balanced);
        Assert.Equal((4, 1, 3), (ledger.Accepted, ledger.Stored, ledger.Duplicates));
    }

    [Fact]
    public async Task The_same_identity_with_other_bytes_is_a_dead_letter_that_keeps_its_bytes()
    {
        await using var monitor = Start();
        var id = Guid.NewGuid();
        await monitor.PostAsync(monitor.Event(id: id, data: """{"v":1}"""));
        await monitor.PostAsync(monitor.Event(id: id, data: """{"v":2}"""));
        var report = await monitor.FlushAsync();

        Assert.Equal((1, 0, 1), (report.Stored, report.Duplicates, report.Dead));
        var letter = Assert.Single(await monitor.Get<MetricsReader>().ListAsync(new(), null, 10, TestContext.Current.CancellationToken));
        Assert.Equal("conflict", letter.Reason);
        Assert.Equal("""{"v":2}""", Encoding.UTF8.GetString(letter.Event.Data!.Value.Span));
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task A_dead_letter_replayed_twice_makes_no_second_event()
    {
        await using var monitor = Start();
        var id = Guid.NewGuid();
        await monitor.PostAsync(monitor.Event(id: id, data: """{"v":1}"""));
        await monitor.PostAsync(monitor.Event(id: id, data: """{"v":2}"""));
        await monitor.FlushAsync();
        var token = TestContext.Current.CancellationToken;
        var reader = monitor.Get<MetricsReader>();
        var letter = Assert.Single(await reader.ListAsync(new(), null, 10, token));

        // The event that was in the way is gone (here: by hand), so the letter can be stored now; twice is a duplicate.
        Assert.Equal(1, await Metrics.ExecuteAsync(monitor.Folder, "DELETE FROM events"));
        var replayer = monitor.Get<DeadLetterReplayer>();
        Assert.True((await replayer.ReplayAsync(letter.Id, token))!.Replayed);
        Assert.True((await replayer.ReplayAsync(letter.Id, token))!.Replayed);
        var report = await monitor.FlushAsync();

        Assert.Equal((1, 1, 0), (report.Stored, report.Duplicates, report.Dead));
        var stored = Assert.Single(await monitor.EventsAsync());
        Assert.Equal(letter.Event.Key, stored.Key);
        Assert.Equal("""{"v":2}""", Encoding.UTF8.GetString(stored.Data!.Value.Span));
        Assert.True(stored.Marks.HasFlag(EventMarks.Replayed));
        Assert.Equal(2, (await reader.FindAsync(letter.Id, token))!.Replays);
        Assert.Null(await replayer.ReplayAsync(letter.Id with { Index = 99 }, token));
    }

    [Fact]
    public async Task Replay_by_filter_previews_then_replays_and_leaves_out_what_was_replayed()
    {
        await using var monitor = Start();
        var token = TestContext.Current.CancellationToken;
        for (var i = 0; i < 3; i++)
        {
            var id = Guid.NewGuid();
            await monitor.PostAsync($"[{monitor.Event(id: id, data: """{"v":1}""")},{monitor.Event(id: id, data: """{"v":2}""")}]");
        }

        await monitor.FlushAsync();
        var replayer = monitor.Get<DeadLetterReplayer>();
        var filter = new DeadLetterFilter { Reason = "conflict" };

        var preview = await replayer.ReplayAsync(filter, new ReplayOptions { DryRun = true }, token);
        Assert.Equal((3, 0), (preview.Matched, preview.Replayed));
        Assert.Empty(monitor.SegmentFiles);

        var some = await replayer.ReplayAsync(filter, new ReplayOptions { Limit = 2, RatePerSecond = ReplayOptions.MaxRatePerSecond }, token)
            .AsTask().AdvancingAsync(monitor.Time, TimeSpan.FromMicroseconds(50));
        Assert.Equal((3, 2, 1), (some.Matched, some.Replayed, some.Remaining));
        var rest = await replayer.ReplayAsync(filter, new ReplayOptions(), token);
        Assert.Equal((1, 1, 0), (rest.Matched, rest.Replayed, rest.Remaining));
    }

    [Fact]
    public async Task A_crash_between_commit_and_delete_stores_nothing_twice()
    {
        await using var monitor = Start();
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");
        var file = Assert.Single(monitor.SegmentFiles);
        var bytes = File.ReadAllBytes(file);
        await monitor.FlushAsync();
        File.WriteAllBytes(file, bytes);

        var report = await monitor.FlushAsync();

        Assert.Equal((0, 0), (report.Stored, report.Duplicates));
        Assert.Empty(monitor.SegmentFiles);
        Assert.Equal(2, (await monitor.EventsAsync()).Count);
        Assert.Equal(2, (await monitor.RollupAsync("test.event")).Total);
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task Strict_rejects_by_index_and_the_rollup_counts_the_rejected_with_the_next_segment()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        var rejected = await monitor.PostAsync($$"""{"event_type":"orders","source":"tests","timestamp":"{{Metrics.Begins:O}}"}""");
        Assert.Equal((0, 1), (rejected.Accepted, rejected.Rejected));
        Assert.Equal((0, "data", "data_required"), (rejected.Errors[0].Index, rejected.Errors[0].Field, rejected.Errors[0].Code));
        Assert.Null(rejected.SegmentId);

        await monitor.PostAsync(monitor.Event("orders"));
        await monitor.FlushAsync();

        var rollup = await monitor.RollupAsync("orders");
        Assert.Equal((2, 1, 1, 1), (rollup.Total, rollup.Passed, rollup.Failed, rollup.Rejected));
    }

    [Fact]
    public async Task Not_strict_stores_invalid_events_marked_and_loses_nothing_of_them()
    {
        await using var monitor = Start();
        await monitor.PostAsync("""{"event_id":"nope","event_type":7,"timestamp":"yesterday","data":[1],"colour":{"x":1},"source":"a","source":"b"}""");
        await monitor.FlushAsync();

        var stored = Assert.Single(await monitor.EventsAsync());
        Assert.Equal(("unknown", "b"), (stored.Type, stored.Source));
        Assert.Equal(EventMarks.Validated | EventMarks.Failed, stored.Marks);
        Assert.Equal(EventTime.ToMicroseconds(monitor.Time.GetUtcNow()), stored.Key.Timestamp);
        var issues = Encoding.UTF8.GetString(stored.Issues!.Value.Span);
        foreach (var kept in (string[])["\"nope\"", "\"original\":7", "\"yesterday\"", "{\"x\":1}", "\"original\":\"a\""])
            Assert.Contains(kept, issues, StringComparison.Ordinal);
        Assert.Equal(1, (await monitor.RollupAsync("unknown")).Failed);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"0123456789_123456789_123456789_123456789_123456789_123456789_123456789_123456789_123456789_123456789_\"")]
    public async Task A_type_and_a_source_that_cannot_be_kept_are_stored_as_unknown_with_the_original(string value)
    {
        await using var monitor = Start();
        await monitor.PostAsync($$"""{"event_type":{{value}},"timestamp":"2026-11-24T12:00:00Z","source":{{value}},"data":{"a":1} }""");
        await monitor.FlushAsync();

        var stored = Assert.Single(await monitor.EventsAsync());
        Assert.Equal(("unknown", "unknown"), (stored.Type, stored.Source));
        Assert.Equal(2, Encoding.UTF8.GetString(stored.Issues!.Value.Span).Split($"\"original\":{value}").Length - 1);
    }

    [Fact]
    public async Task With_validation_off_only_what_storage_needs_is_changed()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.EnableValidation, false);
        await monitor.PostAsync("""{"event_type":7,"extra":1}""");
        await monitor.FlushAsync();

        var stored = Assert.Single(await monitor.EventsAsync());
        Assert.Equal(EventMarks.None, stored.Marks);
        Assert.Contains("\"original\":7", Encoding.UTF8.GetString(stored.Issues!.Value.Span), StringComparison.Ordinal);
        var rollup = await monitor.RollupAsync("unknown");
        Assert.Equal((1, 0, 0), (rollup.Total, rollup.Passed, rollup.Failed));
    }

    [Fact]
    public async Task With_persistence_off_segments_stay()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.MetricsPersistence, false);
        await monitor.PostAsync(monitor.Event());

        Assert.Equal(FlushOutcome.Disabled, (await monitor.FlushAsync()).Outcome);
        Assert.Single(monitor.SegmentFiles);
        Assert.Null(await monitor.Get<FlushDue>().FlushIfDueAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("flip", "Checksum")]
    [InlineData("truncate", "Truncated")]
    [InlineData("foreign", "file name")]
    [InlineData("renamed", "NameMismatch")]
    public async Task What_is_not_a_readable_segment_is_quarantined_with_the_reason_and_the_flush_goes_on(string harm, string reason)
    {
        await using var monitor = Start();
        await monitor.PostAsync(monitor.Event());
        var victim = Assert.Single(monitor.SegmentFiles);
        await monitor.PostAsync(monitor.Event("survivor"));
        var bytes = File.ReadAllBytes(victim);
        switch (harm)
        {
            case "flip":
                bytes[^3] ^= 1;
                File.WriteAllBytes(victim, bytes);
                break;
            case "truncate":
                File.WriteAllBytes(victim, bytes[..^5]);
                break;
            case "foreign":
                File.Move(victim, Path.Combine(monitor.SegmentFolder, "holiday.jpg"));
                break;
            default:
                Assert.True(SegmentName.TryParse(Path.GetFileName(victim), out var name));
                File.Move(victim, Path.Combine(monitor.SegmentFolder, (name with { Count = 0 }).ToString()));
                break;
        }

        var report = await monitor.FlushAsync();

        Assert.Equal((1, 1L), (report.Quarantined, report.Stored));
        var kept = Assert.Single(await monitor.Get<ISegmentStore>().ListQuarantineAsync(default).ToListAsync());
        Assert.Contains(reason, kept.Reason, StringComparison.Ordinal);
        Assert.Equal(harm == "truncate" ? bytes.Length - 5 : bytes.Length, kept.Bytes);
        var flush = (await monitor.Get<HealthService>().CheckAsync(TestContext.Current.CancellationToken)).Checks.Single(check => check.Name == "flush");
        Assert.Equal(HealthStatus.Degraded, flush.Status);
        Assert.Contains("quarantine", flush.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_of_a_newer_format_stays_and_is_named()
    {
        await using var monitor = Start();
        await monitor.PostAsync(monitor.Event());
        var newer = Assert.Single(monitor.SegmentFiles);
        var bytes = File.ReadAllBytes(newer);
        bytes[8] = 2;
        File.WriteAllBytes(newer, bytes);
        await monitor.PostAsync(monitor.Event());

        var report = await monitor.FlushAsync();

        Assert.Equal((1L, 0), (report.Stored, report.Quarantined));
        Assert.Equal([newer], monitor.SegmentFiles);
        var flush = (await monitor.Get<HealthService>().CheckAsync(TestContext.Current.CancellationToken)).Checks.Single(check => check.Name == "flush");
        Assert.Contains(Path.GetFileName(newer), flush.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_notices_a_segment_deleted_by_hand()
    {
        await using var monitor = Start();
        await monitor.PostAsync(monitor.Event());
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");
        await monitor.PostAsync(monitor.Event());
        File.Delete(monitor.SegmentFiles[1]);

        foreach (var flushed in (bool[])[false, true])
        {
            if (flushed)
                await monitor.FlushAsync();
            var ledger = await monitor.LedgerAsync();
            Assert.False(ledger.Balanced);
            Assert.Equal((4, 2), (ledger.Accepted, ledger.Missing));
            var gap = Assert.Single(ledger.Gaps);
            Assert.Equal((2, 2), (gap.FromNumber, gap.ToNumber));
        }
    }

    [Fact]
    public async Task The_ledger_balances_over_restarts()
    {
        var folder = Directory.CreateTempSubdirectory("functionsmonitor-test-").FullName;
        try
        {
            for (var life = 0; life < 3; life++)
            {
                await using var monitor = Start(folder);
                await monitor.PostAsync(monitor.Event());
                if (life == 1)
                    await monitor.FlushAsync();
                var ledger = await monitor.LedgerAsync();
                Assert.True(ledger.Balanced);
                Assert.Equal((life + 1, life + 1), (ledger.Accepted, ledger.Incarnations.Count));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Retention_folds_the_books_and_keeps_them_balanced_but_never_folds_over_a_gap()
    {
        await using var monitor = Start();
        for (var i = 0; i < 4; i++)
            await monitor.PostAsync(monitor.Event());
        File.Delete(monitor.SegmentFiles[2]);
        await monitor.FlushAsync();

        monitor.Time.Advance(TimeSpan.FromDays(8));
        await monitor.PostAsync(monitor.Event());
        await monitor.FlushAsync();

        var record = Assert.Single(await monitor.Get<MetricsReader>().ReadLedgerAsync(TestContext.Current.CancellationToken));
        Assert.Equal((2, 2, 2), (record.FoldedThrough, record.FoldedAccepted, record.Folded.Stored));
        var ledger = await monitor.LedgerAsync();
        Assert.Equal((5, 4, 1), (ledger.Accepted, ledger.Stored, ledger.Missing));
    }

    [Fact]
    public async Task Events_past_the_retention_expire_and_old_rows_go()
    {
        await using var monitor = Start();
        await monitor.PostAsync(monitor.Event("old"));
        await monitor.FlushAsync();
        await monitor.PostAsync(monitor.Event("late"));
        monitor.Time.Advance(TimeSpan.FromDays(31));

        var report = await monitor.FlushAsync();

        Assert.Equal((0, 1), (report.Stored, report.Expired));
        Assert.Empty(await monitor.EventsAsync());
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task At_the_dead_letter_cap_the_segment_at_fault_stays_and_the_others_go()
    {
        await using var monitor = Start(settings: new() { ["Retention:MaxDeadLetters"] = "1" });
        Guid first = Guid.NewGuid(), second = Guid.NewGuid();
        await monitor.PostAsync($"[{monitor.Event(id: first, data: """{"v":1}""")},{monitor.Event(id: first, data: """{"v":2}""")}]");
        await monitor.PostAsync($"[{monitor.Event(id: second, data: """{"v":1}""")},{monitor.Event(id: second, data: """{"v":2}""")}]");
        await monitor.PostAsync(monitor.Event());

        var report = await monitor.FlushAsync();

        Assert.Equal((FlushOutcome.Partial, 1), (report.Outcome, report.PassedOver));
        Assert.Equal((2, 1), (report.Stored, report.Dead));
        Assert.Single(monitor.SegmentFiles);
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }
}
