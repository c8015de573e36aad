using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteWritePathTests
{
    private static readonly long Minute = EventTime.ToMinute(EventTime.ToMicroseconds(TestDatabase.Now));

    [Fact]
    public async Task Events_are_stored_whole()
    {
        using var db = new TestDatabase();
        var item = db.Segments.Event(metadata: "{}", type: "größe", source: "kasse-1") with { Issues = "[]"u8.ToArray() };
        var segment = db.Segments.Next(item);
        var outcome = Assert.Single(await db.WriteAsync(segment));

        Assert.Equal(new SegmentOutcome(segment.Header.Id, false, 1, 0, 0, 0), outcome);
        var stored = Assert.Single(await db.Queries.ListEventsAsync(new() { Limit = 10 }, TestDatabase.Token));
        Assert.Equal(
            (new EventKey(item.Timestamp, item.Id), "größe", "kasse-1", item.ReceivedAt, item.Marks, segment.Header.Id),
            (stored.Key, stored.Type, stored.Source, stored.ReceivedAt, stored.Marks, stored.SegmentId));
        Assert.Equal(
            ("""{"n":1}""", "{}", "[]"), (TestDatabase.Text(stored.Data), TestDatabase.Text(stored.Metadata), TestDatabase.Text(stored.Issues)));
        Assert.Equal(1, db.Count("events WHERE validation_ns = 100 AND errors = 0 AND warnings = 1"));
        Assert.Equal(1, db.Count("flushed_segments WHERE created_at > 0 AND deleted_at IS NULL"));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"z":"\u0000\ud83d\ude00"}""")]
    [InlineData("{ \"a\"\t:\r\n 1.0e+00 }  ")]
    [InlineData("\"nul \0 inside\"")]
    [InlineData("")]
    public async Task Data_keeps_its_bytes(string data)
    {
        using var db = new TestDatabase();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event(data), db.Segments.Event() with { Data = null }));

        var stored = await db.Queries.ListEventsAsync(new() { Limit = 10 }, TestDatabase.Token);
        Assert.Equal(data, TestDatabase.Text(Assert.Single(stored, item => item.Data is not null).Data));
        Assert.All(stored, item => Assert.Null(item.Metadata));
    }

    [Fact]
    public async Task An_empty_text_is_kept_as_such_and_is_no_null()
    {
        using var db = new TestDatabase();
        Assert.Equal(1, Assert.Single(await db.WriteAsync(db.Segments.Next(db.Segments.Event(source: "")))).Stored);
    }

    [Fact]
    public async Task Rollups_count_by_minute_and_type_and_add_up_over_flushes()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        RejectedTotal[] rejected = [new(Minute, "test.event", 3, 4, 5, 600), new(Minute, "unknown", 1, 1, 0, 10)];
        await db.WriteAsync(s.Next([s.Event(), s.Event(marks: EventMarks.Validated | EventMarks.Failed), s.Event(marks: EventMarks.None)], [], rejected));
        await db.WriteAsync(s.Next(s.Event(), s.Event(offset: TimeSpan.FromMinutes(1))));

        var rollups = await db.Queries.ListValidationAsync(new(Minute, Minute + 2, 1), TestDatabase.Token);
        Assert.Equal(
            [
                new()
                {
                    Bucket = Minute, EventType = "test.event", Total = 7, Passed = 2, Failed = 4, Rejected = 3, Errors = 6, Warnings = 9,
                    ValidationNanoseconds = 1000,
                },
                new()
                {
                    Bucket = Minute, EventType = "unknown", Total = 1, Passed = 0, Failed = 1, Rejected = 1, Errors = 1, Warnings = 0,
                    ValidationNanoseconds = 10,
                },
                new()
                {
                    Bucket = Minute + 1, EventType = "test.event", Total = 1, Passed = 1, Failed = 0, Rejected = 0, Errors = 0, Warnings = 1,
                    ValidationNanoseconds = 100,
                },
            ],
            rollups);
    }

    [Fact]
    public async Task The_same_event_in_a_segment_across_segments_and_across_flushes_is_stored_once()
    {
        using var db = new TestDatabase();
        var item = db.Segments.Event();
        var first = await db.WriteAsync(db.Segments.Next(item, item), db.Segments.Next(item));
        var second = await db.WriteAsync(db.Segments.Next(item, db.Segments.Event()));

        Assert.Equal([(1, 1), (0, 1)], first.Select(outcome => (outcome.Stored, outcome.Duplicates)));
        Assert.Equal([(1, 1)], second.Select(outcome => (outcome.Stored, outcome.Duplicates)));
        Assert.Equal(2, db.Count("events"));
        Assert.Equal(2, (await db.RollupAsync()).Total);
    }

    [Theory]
    [InlineData("type")]
    [InlineData("source")]
    [InlineData("data")]
    [InlineData("metadata")]
    public async Task The_same_identity_with_other_bytes_is_a_conflict_that_keeps_its_bytes(string other)
    {
        using var db = new TestDatabase();
        var first = db.Segments.Event();
        var second = other switch
        {
            "type" => first with { Type = "Test.event"u8.ToArray() },
            "source" => first with { Source = "tests "u8.ToArray() },
            "data" => first with { Data = """{"n": 1}"""u8.ToArray() },
            _ => first with { Metadata = ReadOnlyMemory<byte>.Empty },
        };
        var segment = db.Segments.Next(first, second);
        var outcome = Assert.Single(await db.WriteAsync(segment));

        Assert.Equal((1, 0, 1), (outcome.Stored, outcome.Duplicates, outcome.Dead));
        var letter = Assert.Single(await db.DeadLetters.ListAsync(new(), null, 10, TestDatabase.Token));
        Assert.Equal((segment.Header.Id, 1, "conflict", TestDatabase.Now), (letter.Id.SegmentId, letter.Id.Index, letter.Reason, letter.DiedAt));
        Assert.Equal(second.Data!.Value.ToArray(), letter.Event.Data!.Value.ToArray());
        Assert.Equal(second.Metadata?.Length, letter.Event.Metadata?.Length);
        Assert.Equal(1, (await db.RollupAsync()).Total);
    }

    [Fact]
    public async Task A_segment_flushed_before_changes_nothing()
    {
        using var db = new TestDatabase();
        var segment = db.Segments.Next([db.Segments.Event()], [], [new(Minute, "test.event", 1, 0, 0, 0)]);
        await db.WriteAsync(segment);
        var again = await db.WriteAsync(segment, db.Segments.Next(db.Segments.Event()));

        Assert.Equal([(true, 0), (false, 1)], again.Select(outcome => (outcome.AlreadyFlushed, outcome.Stored)));
        Assert.Equal((3, 1), ((await db.RollupAsync()).Total, (await db.RollupAsync()).Rejected));
        Assert.Equal(1, db.Count($"flushed_segments WHERE segment_id = x'{segment.Header.Id:N}' AND stored = 1 AND duplicates = 0"));
        Assert.Equal([segment.Header.Id], await db.Store.FindFlushedAsync([segment.Header.Id, Guid.NewGuid()], TestDatabase.Token));
    }

    [Fact]
    public async Task Events_before_the_retention_expire()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        var limit = TimeSpan.FromDays(-30);
        var outcome = Assert.Single(await db.WriteAsync(s.Next(s.Event(offset: limit - TimeSpan.FromMicroseconds(1)), s.Event(offset: limit))));

        Assert.Equal((1, 1), (outcome.Stored, outcome.Expired));
        Assert.Equal(1, (await db.RollupAsync()).Total);
    }

    [Fact]
    public async Task Over_the_dead_letter_cap_nothing_is_kept()
    {
        using var db = new TestDatabase();
        var item = db.Segments.Event();
        var batch = TestDatabase.Batch(db.Segments.Next(item, item with { Data = null })) with { DeadLetterRoom = 0 };
        await Assert.ThrowsAsync<DeadLetterCapException>(() => db.WriteAsync(batch).AsTask());
        db.AssertEmpty();
    }

    [Fact]
    public async Task Two_segments_with_one_number_are_both_stored()
    {
        // A cloned machine: both were acknowledged.
        using var db = new TestDatabase();
        var first = db.Segments.Next(db.Segments.Event());
        db.Segments.Number = 0;
        var outcomes = await db.WriteAsync(first, db.Segments.Next(db.Segments.Event()));

        Assert.All(outcomes, outcome => Assert.Equal(1, outcome.Stored));
        Assert.Equal(2, Assert.Single(await db.Queries.ReadLedgerAsync(TestDatabase.Token)).Rows.Count);
    }

    [Fact]
    public async Task Two_writers_over_the_same_segments_store_once()
    {
        using var db = new TestDatabase();
        var s = db.Segments;
        var segments = Enumerable.Range(0, 20).Select(_ => s.Next([.. Enumerable.Range(0, 100).Select(_ => s.Event())])).ToArray();
        var other = db.OpenStore();
        await db.Store.PrepareAsync(TestDatabase.Token);
        using var start = new Barrier(2);
        Task<int> Flush(FunctionsMonitor.Storage.Sqlite.SqliteMetricsStore store) => Task.Run(async () =>
        {
            var stored = 0;
            foreach (var segment in segments)
            {
                start.SignalAndWait(TestDatabase.Token);
                stored += (await db.WriteAsync(TestDatabase.Batch(segment), store)).Sum(outcome => outcome.Stored);
            }

            return stored;
        });

        var stored = await Task.WhenAll(Flush(db.Store), Flush(other));

        Assert.Equal(2000, stored.Sum());
        Assert.Equal((2000L, 20L), (db.Count("events"), db.Count("flushed_segments")));
        Assert.Equal(2000, (await db.RollupAsync()).Total);
    }

    [Fact]
    public async Task Cancellation_keeps_nothing_and_leaves_the_store_usable()
    {
        using var db = new TestDatabase();
        await db.Store.PrepareAsync(TestDatabase.Token);
        using var stop = new CancellationTokenSource();
        var segment = db.Segments.Next([.. Enumerable.Range(0, 5000).Select(_ => db.Segments.Event())]);

        // The trigger makes the 1,000th row endless: only an interrupt reaches it.
        await db.RunAsync(
            """
            CREATE TRIGGER slow BEFORE INSERT ON events WHEN (SELECT count(*) FROM events) = 1000
            BEGIN SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n); END
            """);
        stop.CancelAfter(TimeSpan.FromMilliseconds(300));
        var write = Task.Run(() => db.WriteAsync(TestDatabase.Batch(segment), token: stop.Token).AsTask(), TestDatabase.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(TimeSpan.FromSeconds(30), TestDatabase.Token));

        db.AssertEmpty();
        await db.RunAsync("DROP TRIGGER slow");
        Assert.Equal(5000, Assert.Single(await db.WriteAsync(segment)).Stored);
    }
}
