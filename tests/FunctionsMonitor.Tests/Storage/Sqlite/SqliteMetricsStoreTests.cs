using System.Text;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Sqlite;
using FunctionsMonitor.Tests.Support;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteMetricsStoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task A_row_that_the_database_refuses_is_the_only_one_that_dies(int good)
    {
        await using var monitor = new TestMonitor();
        await monitor.Get<IMetricsStore>().PrepareAsync(default);
        Execute(monitor, "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.event_type = 'bad' BEGIN SELECT RAISE(ABORT, 'no such type here'); END");
        var events = Enumerable.Range(0, good).Select(_ => monitor.Event()).ToList();
        events.Insert(good / 2, monitor.Event("bad"));
        await monitor.PostAsync(string.Join('\n', events), FunctionsMonitor.Events.EventFormat.NdJson);

        var report = await monitor.FlushAsync();

        Assert.Equal((good, 1), (report.Stored, report.Dead));
        var letter = Assert.Single(await monitor.Get<MetricsReader>().ListAsync(new(), null, 10, default));
        Assert.Equal(("bad", good / 2), (letter.Event.Type, letter.Id.Index));
        Assert.Contains("no such type here", letter.Detail, StringComparison.Ordinal);
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Theory]
    [InlineData("CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'closed'); END")]
    [InlineData("ALTER TABLE events ADD COLUMN tenant TEXT NOT NULL CHECK (length(tenant) > 0) DEFAULT ''")]
    [InlineData("ALTER TABLE events RENAME TO events_old")]
    [InlineData("DROP TABLE validation_metrics")]
    public async Task When_every_row_is_refused_nothing_dies_and_nothing_is_kept(string harm)
    {
        await using var monitor = new TestMonitor();
        await monitor.Get<IMetricsStore>().PrepareAsync(default);
        Execute(monitor, harm);
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");

        var report = await monitor.FlushAsync();

        Assert.Equal((FlushOutcome.Failed, 0, 0), (report.Outcome, report.Stored, report.Dead));
        Assert.Single(monitor.SegmentFiles);
        Assert.Equal(0, Scalar(monitor, "SELECT (SELECT count(*) FROM dead_letters) + (SELECT count(*) FROM flushed_segments)"));
    }

    [Fact]
    public async Task A_full_database_keeps_the_segments_and_dead_letters_nothing()
    {
        await using var monitor = new TestMonitor(settings: new() { ["Resilience:metrics-store:MaxAttempts"] = "1" });
        await monitor.Get<IMetricsStore>().PrepareAsync(default);
        await monitor.PostAsync(monitor.Event(data: $$"""{"x":"{{new string('x', 200_000)}}"}"""));
        var database = Path.Combine(monitor.Folder, "metrics.db");
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        connection.Execute($"PRAGMA max_page_count={connection.Scalar<long>("PRAGMA page_count") + 5}");
        var full = Assert.Throws<SqliteException>(() => connection.Execute("INSERT INTO flushes VALUES (x'00', 0, hex(randomblob(200000)))"));
        Assert.Equal(ErrorKind.Transient, SqliteErrors.Classify(full));
        Assert.Single(monitor.SegmentFiles);
    }

    [Fact]
    public async Task A_locked_database_is_transient_and_the_flush_succeeds_once_it_is_free()
    {
        await using var monitor = new TestMonitor(settings: new() { ["Sqlite:BusyTimeout"] = "00:00:01", ["Resilience:metrics-store:MaxAttempts"] = "1" });
        await monitor.Get<IMetricsStore>().PrepareAsync(default);
        await monitor.PostAsync(monitor.Event());
        using (var other = new SqliteConnection($"Data Source={Path.Combine(monitor.Folder, "metrics.db")};Pooling=False"))
        {
            other.Open();
            other.Execute("BEGIN IMMEDIATE");
            var report = await monitor.FlushAsync().AsTask().AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(50));
            Assert.Equal(FlushOutcome.Failed, report.Outcome);
            Assert.Single(monitor.SegmentFiles);
        }

        Assert.Equal(1, (await monitor.FlushAsync()).Stored);
    }

    [Fact]
    public async Task A_file_that_is_no_database_gives_nothing_up()
    {
        await using var monitor = new TestMonitor();
        await File.WriteAllTextAsync(Path.Combine(monitor.Folder, "metrics.db"), new string('x', 5000), TestContext.Current.CancellationToken);
        await monitor.PostAsync(monitor.Event());
        var report = await monitor.FlushAsync().AsTask().AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(50));
        Assert.Equal(FlushOutcome.Failed, report.Outcome);
        Assert.Single(monitor.SegmentFiles);
    }

    [Fact]
    public async Task While_another_process_holds_the_write_lock_the_breaker_opens_although_reads_are_answered()
    {
        await using var monitor = new TestMonitor(settings: new() { ["Sqlite:BusyTimeout"] = "00:00:00" });
        await monitor.Get<IMetricsStore>().PrepareAsync(default);
        await monitor.PostAsync(monitor.Event());
        using (var other = new SqliteConnection($"Data Source={Path.Combine(monitor.Folder, "metrics.db")};Pooling=False"))
        {
            other.Open();
            other.Execute("BEGIN IMMEDIATE");
            for (var i = 0; i < 2; i++)
            {
                var report = await monitor.FlushAsync().AsTask().AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(50));
                Assert.Equal(FlushOutcome.Failed, report.Outcome);
                Assert.Empty(await monitor.EventsAsync());
            }
        }

        var breaker = monitor.Get<PipelineRegistry>().Get(MetricsPersister.PipelineName).Breaker;
        Assert.False(breaker.IsPassing);
        Assert.Contains("database is locked", breaker.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_of_a_newer_version_is_refused_with_a_clear_message()
    {
        await using var monitor = new TestMonitor();
        await monitor.Get<IMetricsStore>().PrepareAsync(default);
        Execute(monitor, "PRAGMA user_version=99");
        using var database = new SqliteDatabase(Path.Combine(monitor.Folder, "metrics.db"), MetricsSchema.Migrations, TimeSpan.FromSeconds(1), monitor.Time);
        Assert.Contains("99", Assert.Throws<SchemaVersionException>(database.EnsureReady).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_flushers_at_once_over_the_same_segments_store_once()
    {
        using var folder = new TemporaryFolder();
        await using var one = new TestMonitor(folder.Path);
        await using var two = new TestMonitor(folder.Path);
        for (var i = 0; i < 20; i++)
            await one.PostAsync($"[{one.Event()},{one.Event()}]");

        var reports = await Task.WhenAll(
            Task.Run(() => one.FlushAsync().AsTask()).AdvancingAsync(one.Time), Task.Run(() => two.FlushAsync().AsTask()).AdvancingAsync(two.Time));

        Assert.Equal(40, reports.Sum(report => report.Stored));
        Assert.Equal(40, (await one.EventsAsync()).Count);
        Assert.Equal(40, (await one.RollupAsync("test.event")).Total);
        Assert.True((await one.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task Pages_by_key_cover_everything_once_also_with_equal_timestamps()
    {
        await using var monitor = new TestMonitor();
        await monitor.PostAsync($"[{string.Join(',', Enumerable.Range(0, 25).Select(i => monitor.Event(i % 2 == 0 ? "even" : "odd", at: monitor.Time.GetUtcNow().AddSeconds(i / 10))))}]");
        await monitor.FlushAsync();
        var queries = monitor.Get<IMetricsQueries>();
        foreach (var (type, count) in ((string?, int)[])[(null, 25), ("even", 13), ("odd", 12), ("none", 0)])
        {
            var seen = new List<EventKey>();
            EventKey? after = null;
            for (var page = 0; page < 30; page++)
            {
                var rows = await queries.ListEventsAsync(new EventQuery { Type = type, Limit = 4, After = after }, default);
                seen.AddRange(rows.Select(row => row.Key));
                if (rows.Count < 4)
                    break;
                after = rows[^1].Key;
            }

            Assert.Equal(count, seen.Count);
            Assert.Equal(seen.OrderByDescending(key => key.Timestamp).ThenByDescending(key => key.Id.ToString("N"), StringComparer.Ordinal), seen);
            Assert.Equal(count, seen.Distinct().Count());
        }
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("t", null, false)]
    [InlineData(null, "s", false)]
    [InlineData("t", "s", false)]
    [InlineData(null, null, true)]
    [InlineData("t", null, true)]
    [InlineData(null, "s", true)]
    public async Task No_listing_of_events_scans_the_table_or_sorts(string? type, string? source, bool paged)
    {
        await using var monitor = new TestMonitor();
        await monitor.Get<IMetricsStore>().PrepareAsync(default);
        var query = new EventQuery { Type = type, Source = source, Limit = 10, After = paged ? new EventKey(1, Guid.NewGuid()) : null };
        using var connection = Open(monitor);
        var plan = string.Join('\n', connection.Query(
            "EXPLAIN QUERY PLAN " + SqliteMetricsQueries.EventsSql(query), row => row.GetString(3),
            ("$from", 0), ("$to", 1), ("$type", type), ("$source", source), ("$timestamp", 1), ("$id", new byte[16]), ("$limit", 10)));
        Assert.Contains("SEARCH events", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rollups_merge_to_buckets()
    {
        await using var monitor = new TestMonitor();
        for (var minute = 0; minute < 7; minute++)
            await monitor.PostAsync(monitor.Event(at: monitor.Time.GetUtcNow().AddMinutes(minute)));
        await monitor.FlushAsync();
        var start = monitor.Time.GetUtcNow().ToUnixTimeSeconds() / 60;
        var queries = monitor.Get<IMetricsQueries>();
        foreach (var (bucket, totals) in ((int, long[])[])[(1, [1, 1, 1, 1, 1, 1, 1]), (5, [5, 2]), (60, [7]), (0, [7])])
            Assert.Equal(totals, (await queries.ListValidationAsync(new(start, start + 60, bucket), default)).Select(row => row.Total));
        Assert.Equal([2L], (await queries.ListValidationAsync(new(start + 1, start + 3, 0), default)).Select(row => row.Total));
    }

    [Fact]
    public async Task The_operator_log_pages_newest_first_and_the_schedule_starts_unknown()
    {
        await using var monitor = new TestMonitor();
        Assert.Null(await monitor.Get<IFlushSchedule>().ReadLastFlushAsync(default));
        var recorder = monitor.Get<OperationRecorder>();
        for (var i = 0; i < 5; i++)
        {
            await recorder.RecordAsync("me", "flush", $"{i}", "done", default);
            monitor.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var log = monitor.Get<IOperationLog>();
        var first = await log.ListAsync(null, 3, default);
        var second = await log.ListAsync(first[^1].Id, 3, default);
        Assert.Equal(["4", "3", "2", "1", "0"], first.Concat(second).Select(entry => entry.Target));

        await monitor.FlushAsync();
        Assert.Equal(monitor.Time.GetUtcNow(), await monitor.Get<IFlushSchedule>().ReadLastFlushAsync(default));
    }

    [Fact]
    public async Task Dead_letters_are_filtered_paged_counted_and_discarded()
    {
        await using var monitor = new TestMonitor();
        for (var i = 0; i < 5; i++)
        {
            var id = Guid.NewGuid();
            await monitor.PostAsync($"[{monitor.Event($"t{i % 2}", id)},{monitor.Event($"t{i % 2}", id, "{}")}]");
        }

        await monitor.FlushAsync();
        var reader = monitor.Get<MetricsReader>();
        var first = await reader.ListAsync(new(), null, 3, default);
        var rest = await reader.ListAsync(new(), first[^1].Id, 3, default);
        Assert.Equal((3, 2, 5), (first.Count, rest.Count, first.Concat(rest).Select(letter => letter.Id).Distinct().Count()));
        Assert.Equal(3, (await reader.ListAsync(new() { EventType = "t0" }, null, 10, default)).Count);
        Assert.Equal(5, (await reader.CountByReasonAsync(new(), default))["conflict"]);
        Assert.Equal("{}", Encoding.UTF8.GetString(first[0].Event.Data!.Value.Span));

        Assert.True(await reader.DeleteAsync(first[0].Id, default));
        Assert.False(await reader.DeleteAsync(first[0].Id, default));
        Assert.Null(await reader.FindAsync(first[0].Id, default));
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    private static void Execute(TestMonitor monitor, string sql)
    {
        using var connection = Open(monitor);
        connection.Execute(sql);
    }

    private static long Scalar(TestMonitor monitor, string sql)
    {
        using var connection = Open(monitor);
        return connection.Scalar<long>(sql);
    }

    private static SqliteConnection Open(TestMonitor monitor)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(monitor.Folder, "metrics.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
