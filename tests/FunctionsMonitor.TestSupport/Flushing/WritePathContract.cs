using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>What <see cref="IWritePath"/> promises; every implementation has a class that derives from this one, and names it with
/// <see cref="ContractOfAttribute"/>.</summary>
public abstract class WritePathContract
{
    private static readonly long Minute = EventTime.ToMinute(EventTime.ToMicroseconds(MetricsStoreBench.Now));

    protected abstract ValueTask<MetricsStoreBench> CreateAsync();

    [Fact]
    public async Task The_tests_are_about_the_implementation_that_they_say()
    {
        await using var db = await CreateAsync();
        Assert.Contains(ContractOfAttribute.Of(this), new[] { db.Path.GetType(), db.BarePath.GetType() });
    }

    [Fact]
    public async Task Events_are_stored_whole()
    {
        await using var db = await CreateAsync();
        var item = db.Segments.Event(metadata: "{}", type: "größe", source: "kasse-1") with { Issues = "[]"u8.ToArray() };
        var segment = db.Segments.Next(item);
        var outcome = Assert.Single(await db.WriteAsync(segment));

        Assert.Equal(new SegmentOutcome(segment.Header.Id, false, 1, 0, 0, 0), outcome);
        var stored = Assert.Single(await db.Queries.ListEventsAsync(new() { Limit = 10 }, MetricsStoreBench.Token));
        Assert.Equal(
            (new EventKey(item.Timestamp, item.Id), "größe", "kasse-1", item.ReceivedAt, item.Marks, segment.Header.Id),
            (stored.Key, stored.Type, stored.Source, stored.ReceivedAt, stored.Marks, stored.SegmentId));
        Assert.Equal(
            ("""{"n":1}""", "{}", "[]"), (MetricsStoreBench.Text(stored.Data), MetricsStoreBench.Text(stored.Metadata), MetricsStoreBench.Text(stored.Issues)));
        Assert.Equal(1, await db.CountAsync("events WHERE validation_ns = 100 AND errors = 0 AND warnings = 1"));
        Assert.Equal(1, await db.CountAsync("flushed_segments WHERE deleted_at IS NULL"));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"z":"\u0000\ud83d\ude00"}""")]
    [InlineData("{ \"a\"\t:\r\n 1.0e+00 }  ")]
    public async Task Data_keeps_its_bytes(string data)
    {
        await using var db = await CreateAsync();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event(data), db.Segments.Event() with { Data = null }));

        var stored = await db.Queries.ListEventsAsync(new() { Limit = 10 }, MetricsStoreBench.Token);
        Assert.Equal(data, MetricsStoreBench.Text(Assert.Single(stored, item => item.Data is not null).Data));
        Assert.All(stored, item => Assert.Null(item.Metadata));
    }

    [Fact]
    public async Task An_empty_text_is_kept_as_such_and_is_no_null()
    {
        await using var db = await CreateAsync();
        Assert.Equal(1, Assert.Single(await db.WriteAsync(db.Segments.Next(db.Segments.Event(source: "")))).Stored);
    }

    [Fact]
    public async Task Rollups_count_by_minute_and_type_and_add_up_over_flushes()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        RejectedTotal[] rejected = [new(Minute, "test.event", 3, 4, 5, 600), new(Minute, "unknown", 1, 1, 0, 10)];
        await db.WriteAsync(s.Next([s.Event(), s.Event(marks: EventMarks.Validated | EventMarks.Failed), s.Event(marks: EventMarks.None)], [], rejected));
        await db.WriteAsync(s.Next(s.Event(), s.Event(offset: TimeSpan.FromMinutes(1))));

        var rollups = await db.Queries.ListValidationAsync(new(Minute, Minute + 2, 1), MetricsStoreBench.Token);
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
        await using var db = await CreateAsync();
        var item = db.Segments.Event();
        var first = await db.WriteAsync(db.Segments.Next(item, item), db.Segments.Next(item));
        var second = await db.WriteAsync(db.Segments.Next(item, db.Segments.Event()));

        Assert.Equal([(1, 1), (0, 1)], first.Select(outcome => (outcome.Stored, outcome.Duplicates)));
        Assert.Equal([(1, 1)], second.Select(outcome => (outcome.Stored, outcome.Duplicates)));
        Assert.Equal(2, await db.CountAsync("events"));
        Assert.Equal(2, (await db.RollupAsync()).Total);
    }

    [Theory]
    [InlineData("type")]
    [InlineData("source")]
    [InlineData("data")]
    [InlineData("metadata")]
    public async Task The_same_identity_with_other_bytes_is_a_conflict_that_keeps_its_bytes(string other)
    {
        await using var db = await CreateAsync();
        var first = db.Segments.Event();
        var second = other switch
        {
            "type" => first with { Type = "Test.event"u8.ToArray() },
            "source" => first with { Source = "tests "u8.ToArray() },
            "data" => first with { Data = """{"n": 1}"""u8.ToArray() },
            _ => first with { Metadata = "{}"u8.ToArray() },
        };
        var segment = db.Segments.Next(first, second);
        var outcome = Assert.Single(await db.WriteAsync(segment));

        Assert.Equal((1, 0, 1), (outcome.Stored, outcome.Duplicates, outcome.Dead));
        var letter = Assert.Single(await db.DeadLetters.ListAsync(new(), null, 10, MetricsStoreBench.Token));
        Assert.Equal((segment.Header.Id, 1, "conflict", MetricsStoreBench.Now), (letter.Id.SegmentId, letter.Id.Index, letter.Reason, letter.DiedAt));
        Assert.Equal(second.Data!.Value.ToArray(), letter.Event.Data!.Value.ToArray());
        Assert.Equal(second.Metadata?.Length, letter.Event.Metadata?.Length);
        Assert.Equal(1, (await db.RollupAsync()).Total);
    }

    [Fact]
    public async Task A_segment_flushed_before_changes_nothing()
    {
        await using var db = await CreateAsync();
        var segment = db.Segments.Next([db.Segments.Event()], [], [new(Minute, "test.event", 1, 0, 0, 0)]);
        await db.WriteAsync(segment);
        var again = await db.WriteAsync(segment, db.Segments.Next(db.Segments.Event()));

        Assert.Equal([(true, 0), (false, 1)], again.Select(outcome => (outcome.AlreadyFlushed, outcome.Stored)));
        Assert.Equal((3, 1), ((await db.RollupAsync()).Total, (await db.RollupAsync()).Rejected));
        Assert.Equal((2L, 0L), (await db.CountAsync("flushed_segments WHERE stored = 1 AND duplicates = 0"), await db.CountAsync("flushed_segments WHERE duplicates > 0")));
        Assert.Equal([segment.Header.Id], await db.Store.FindFlushedAsync([segment.Header.Id, Guid.NewGuid()], MetricsStoreBench.Token));
    }

    [Fact]
    public async Task Events_before_the_retention_expire()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var limit = TimeSpan.FromDays(-30);
        var outcome = Assert.Single(await db.WriteAsync(s.Next(s.Event(offset: limit - TimeSpan.FromMicroseconds(1)), s.Event(offset: limit))));

        Assert.Equal((1, 1), (outcome.Stored, outcome.Expired));
        Assert.Equal(1, (await db.RollupAsync()).Total);
    }

    [Fact]
    public async Task Over_the_dead_letter_cap_nothing_is_kept()
    {
        await using var db = await CreateAsync();
        var item = db.Segments.Event();
        var batch = MetricsStoreBench.Batch(db.Segments.Next(item, item with { Data = null })) with { DeadLetterRoom = 0 };
        await Assert.ThrowsAsync<DeadLetterCapException>(() => db.WriteAsync(batch).AsTask());
        await db.AssertEmptyAsync();
    }

    [Fact]
    public async Task Two_segments_with_one_number_are_both_stored()
    {
        // A cloned machine: both were acknowledged.
        await using var db = await CreateAsync();
        var first = db.Segments.Next(db.Segments.Event());
        db.Segments.Number = 0;
        var outcomes = await db.WriteAsync(first, db.Segments.Next(db.Segments.Event()));

        Assert.All(outcomes, outcome => Assert.Equal(1, outcome.Stored));
        var record = Assert.Single(await db.Queries.ReadLedgerAsync(MetricsStoreBench.Token));
        Assert.Equal(2, record.Flushed.Stored);
        Assert.Equal([new SegmentRun(1, 1)], record.Runs);
    }

    [Fact]
    public async Task Two_writers_over_the_same_segments_store_once()
    {
        await using var db = await CreateAsync();
        var s = db.Segments;
        var segments = Enumerable.Range(0, 20).Select(_ => s.Next([.. Enumerable.Range(0, 100).Select(_ => s.Event())])).ToArray();
        await db.Store.PrepareAsync(MetricsStoreBench.Token);
        var other = db.OpenOther();
        using var start = new Barrier(2);
        Task<int> Flush(IWritePath path) => Task.Run(async () =>
        {
            var stored = 0;
            foreach (var segment in segments)
            {
                start.SignalAndWait(MetricsStoreBench.Token);
                stored += (await WriteOnceFreeAsync(path, MetricsStoreBench.Batch(segment))).Sum(outcome => outcome.Stored);
            }

            return stored;
        });

        var stored = await Task.WhenAll(Flush(db.Path), Flush(other));

        Assert.Equal(2000, stored.Sum());
        Assert.Equal((2000L, 20L), (await db.CountAsync("events"), await db.CountAsync("flushed_segments")));
        Assert.Equal(2000, (await db.RollupAsync()).Total);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task One_refused_row_is_a_dead_letter_and_the_others_are_stored(int count)
    {
        await using var db = await CreateAsync();
        await db.Store.PrepareAsync(MetricsStoreBench.Token);
        await db.RefuseAsync("poison", "I do not like it");
        var events = Enumerable.Range(0, count).Select(_ => db.Segments.Event()).ToArray();
        events[count / 2] = db.Segments.Event(source: "poison", data: """{"bad" : true}""");
        var outcome = Assert.Single(await db.WriteAsync(db.Segments.Next(events)));

        Assert.Equal((count - 1, 0, 1, 0), (outcome.Stored, outcome.Duplicates, outcome.Dead, outcome.Expired));
        var letter = Assert.Single(await db.DeadLetters.ListAsync(new(), null, 10, MetricsStoreBench.Token));
        Assert.Equal((count / 2, db.RefusalReason), (letter.Id.Index, letter.Reason));
        Assert.Contains("I do not like it", letter.Detail, StringComparison.Ordinal);
        Assert.Equal("""{"bad" : true}""", MetricsStoreBench.Text(letter.Event.Data));
        Assert.Equal(count - 1, await db.CountAsync("events"));
    }

    [Fact]
    public async Task A_row_that_vanishes_without_an_error_is_a_dead_letter_too()
    {
        await using var db = await CreateAsync();
        await db.Store.PrepareAsync(MetricsStoreBench.Token);
        await db.SwallowAsync("poison");
        var outcome = Assert.Single(await db.WriteAsync(db.Segments.Next(db.Segments.Event(), db.Segments.Event(source: "poison"))));

        Assert.Equal((1, 0, 1), (outcome.Stored, outcome.Duplicates, outcome.Dead));
        Assert.Equal(db.VanishedReason, Assert.Single(await db.DeadLetters.ListAsync(new(), null, 10, MetricsStoreBench.Token)).Reason);
    }

    [Fact]
    public async Task A_long_message_is_cut_at_500_characters()
    {
        await using var db = await CreateAsync();
        await db.Store.PrepareAsync(MetricsStoreBench.Token);
        await db.RefuseAsync("poison", new string('x', 2000));
        await db.WriteAsync(db.Segments.Next(db.Segments.Event(source: "poison")));
        Assert.Equal(500, Assert.Single(await db.DeadLetters.ListAsync(new(), null, 10, MetricsStoreBench.Token)).Detail.Length);
    }

    /// <summary>A store may let writers wait for each other, or send the second one away.</summary>
    private static async Task<IReadOnlyList<SegmentOutcome>> WriteOnceFreeAsync(IWritePath path, FlushBatch batch)
    {
        while (true)
        {
            try
            {
                return await path.WriteAsync(batch, MetricsStoreBench.Token);
            }
            catch (FlushInProgressException)
            {
                await Task.Yield();
            }
        }
    }
}
