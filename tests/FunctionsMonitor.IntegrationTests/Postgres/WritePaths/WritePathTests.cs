using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.WritePaths;

/// <summary>What every way into PostgreSQL does with events that it can store.</summary>
public sealed class WritePathTests(PostgresFixture postgres)
{
    private static readonly long Minute = EventTime.ToMinute(EventTime.ToMicroseconds(PathDatabase.Now));

    public static TheoryData<string> Paths { get; } = [.. Ways.Names];

    public static TheoryData<string, string> Pairs { get; } = new(
        from first in Ways.Names from second in Ways.Names select (first, second));

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Json_keeps_its_bytes(string path)
    {
        string[] texts =
        [
            """{"a":1,"a":2,"":3}""", """{"z":"\u0000\ud83d\ude00"}""", "{ \"a\"\t:\r\n 1.0e+00 }  ", "123456789012345678901234567890.10e-400", "[]", "null",
        ];
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.WriteAsync(path, db.Segment([.. texts.Select((text, i) => db.Event(text, offset: TimeSpan.FromSeconds(i), metadata: text)), db.Event() with { Data = null }]));

        Assert.Equal(texts, await db.Server.ListAsync<string>("SELECT data::text FROM monitoring.events WHERE data IS NOT NULL AND metadata IS NOT NULL ORDER BY timestamp"));
        Assert.Equal(texts, await db.Server.ListAsync<string>("SELECT metadata::text FROM monitoring.events WHERE metadata IS NOT NULL ORDER BY timestamp"));
        Assert.Equal(1, await db.CountAsync("monitoring.events WHERE data IS NULL AND metadata IS NULL AND issues IS NULL"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Rollups_count_what_was_inserted_by_minute_and_type_and_add_up(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        RejectedTotal[] rejected = [new(Minute, "test.event", 3, 4, 5, 600), new(Minute, "unknown", 1, 1, 0, 10)];
        var first = db.Event();
        await db.WriteAsync(path, db.Segment([first, db.Event(marks: EventMarks.Validated | EventMarks.Failed), db.Event(marks: EventMarks.None)], rejected));

        // The second time there are duplicates: the sums come from another place then.
        await db.WriteAsync(path, db.Segment([first, first, db.Event(), db.Event(offset: TimeSpan.FromMinutes(1))], rejected));

        Assert.Equal(
            [
                "2026-11-24T12:00:00Z test.event 10 2 7 6 10 14 1600", "2026-11-24T12:00:00Z unknown 2 0 2 2 2 0 20",
                "2026-11-24T12:01:00Z test.event 1 1 0 0 0 1 100",
            ],
            await db.Server.ListAsync<string>(
                """
                SELECT concat_ws(' ', to_char(minute AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), event_type, total, passed, failed, rejected, errors, warnings, validation_ns)
                FROM monitoring.validation_metrics ORDER BY minute, event_type
                """));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_same_event_in_a_segment_across_segments_and_across_flushes_is_stored_once(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var item = db.Event(metadata: "{}");
        var first = await db.WriteAsync(path, db.Segment(item, item), db.Segment(item));
        var second = await db.WriteAsync(path, db.Segment(item, db.Event()));

        Assert.Equal([(1, 1), (0, 1)], first.Select(outcome => (outcome.Stored, outcome.Duplicates)));
        Assert.Equal([(1, 1)], second.Select(outcome => (outcome.Stored, outcome.Duplicates)));
        Assert.Equal(2, await db.CountAsync("monitoring.events"));
        Assert.Equal(2, await db.Server.ScalarAsync<long>("SELECT total FROM monitoring.validation_metrics"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_same_identity_with_other_bytes_is_a_conflict_that_keeps_its_bytes(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var first = db.Event();
        MonitoringEvent[] others =
        [
            first with { Type = "Test.event"u8.ToArray() }, first with { Source = "tests "u8.ToArray() }, first with { Data = """{"n": 1}"""u8.ToArray() },
            first with { Data = null }, first with { Metadata = "{}"u8.ToArray(), Issues = "[]"u8.ToArray() },
        ];

        // In the segment of the first one, and in another flush; with an expired one before, so that places do not just count up.
        var same = db.Segment([db.Event(offset: TimeSpan.FromDays(-31)), first, .. others]);
        var later = db.Segment([.. others, first]);
        var outcomes = (await db.WriteAsync(path, same)).Concat(await db.WriteAsync(path, later));

        Assert.Equal([(1, 0, 5, 1), (0, 1, 5, 0)], outcomes.Select(outcome => (outcome.Stored, outcome.Duplicates, outcome.Dead, outcome.Expired)));
        Assert.Equal([2, 3, 4, 5, 6, 0, 1, 2, 3, 4], await db.Server.ListAsync<int>("SELECT position FROM monitoring.dead_letters ORDER BY segment_id, position"));
        Assert.Equal(10, await db.CountAsync($"monitoring.dead_letters WHERE reason = 'conflict' AND died_at = '{PathDatabase.Now:O}' AND event_id = '{first.Id}'"));
        Assert.Equal(
            ["Test.event|tests|{\"n\":1}", "test.event|tests |{\"n\":1}", "test.event|tests|{\"n\": 1}", "test.event|tests", "test.event|tests|{\"n\":1}|{}|[]"],
            await db.Server.ListAsync<string>(
                """
                SELECT concat_ws('|', convert_from(event_type, 'UTF8'), convert_from(source, 'UTF8'), convert_from(data, 'UTF8'), convert_from(metadata, 'UTF8'),
                    convert_from(issues, 'UTF8'))
                FROM monitoring.dead_letters WHERE position < 5 ORDER BY segment_id DESC, position LIMIT 5
                """));
        Assert.Equal(1, await db.Server.ScalarAsync<long>("SELECT total FROM monitoring.validation_metrics"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_batch_whose_commit_was_not_heard_of_changes_nothing_by_whichever_path_it_comes_again(string first, string second)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var nul = db.Event(type: "a\0b");
        var written = db.Segment([db.Event(), nul, db.Event()], [new(Minute, "test.event", 1, 0, 0, 0)]);
        var fresh = db.Segment([db.Event()], [new(Minute, "test.event", 1, 0, 0, 0)]);
        await db.WriteAsync(first, written);

        // With a fresh one beside it, and with a copy of its events under another id.
        var again = await db.WriteAsync(second, written, fresh);
        var copy = await db.WriteAsync(second, db.Segment([.. Copy(written)]));

        Assert.Equal(
            [new(written.Header.Id, true, 0, 0, 0, 0), new(fresh.Header.Id, false, 1, 0, 0, 0)], again);
        Assert.Equal((0, 2, 1), (copy[0].Stored, copy[0].Duplicates, copy[0].Dead));
        Assert.Equal((3L, 2L, 3L), (await db.CountAsync("monitoring.events"), await db.CountAsync("monitoring.dead_letters"), await db.CountAsync("monitoring.flushed_segments")));
        Assert.Equal((5L, 2L), (
            await db.Server.ScalarAsync<long>("SELECT total FROM monitoring.validation_metrics"), await db.Server.ScalarAsync<long>("SELECT rejected FROM monitoring.validation_metrics")));

        static IEnumerable<MonitoringEvent> Copy(DecodedSegment segment)
        {
            foreach (var item in segment)
                yield return item;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Events_before_the_retention_expire(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync("CREATE TABLE monitoring.events_20261025 PARTITION OF monitoring.events FOR VALUES FROM ('2026-10-25 00:00Z') TO ('2026-10-26 00:00Z')");
        var limit = TimeSpan.FromDays(-30);
        var segment = db.Segment(db.Event(offset: limit - TimeSpan.FromMicroseconds(1)), db.Event(offset: limit));

        Assert.Equal((1, 1), Assert.Single(await db.WriteAsync(path, segment)) is var outcome ? (outcome.Stored, outcome.Expired) : default);
        Assert.Equal(1, (await db.WriteAsync(path, db.Segment(db.Event(offset: limit - TimeSpan.FromDays(1)))))[0].Expired);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Over_the_dead_letter_cap_nothing_is_kept(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var item = db.Event();
        var conflict = PathDatabase.Batch(db.Segment(item, item with { Data = null }), db.Segment(db.Event(source: "\0"), db.Event()));
        foreach (var room in (int[])[0, 1])
            await Assert.ThrowsAsync<DeadLetterCapException>(() => db.Path(path).WriteAsync(conflict with { DeadLetterRoom = room }, PathDatabase.Token).AsTask());
        await db.AssertEmptyAsync();

        Assert.Equal([1, 1], (await db.Path(path).WriteAsync(conflict with { DeadLetterRoom = 2 }, PathDatabase.Token)).Select(outcome => outcome.Dead));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_rejected_type_with_a_NUL_counts_and_keeps_nothing_out(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.WriteAsync(path, db.Segment([db.Event()], [new(Minute, "a\0b", 2, 2, 0, 0), new(Minute, "a\uFFFDb", 1, 1, 0, 0)]));
        Assert.Equal(3, await db.Server.ScalarAsync<long>("SELECT rejected FROM monitoring.validation_metrics WHERE event_type = U&'a\\FFFDb'"));
    }

    [Fact]
    public async Task A_batch_of_many_calls_is_one_transaction()
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var segments = Enumerable.Range(0, 4).Select(_ => db.Segment(db.Events(3000))).ToArray();
        await db.RunAsync(
            $"""
            CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF new.segment_id = '{segments[3].Header.Id}' THEN RAISE 'no more' USING ERRCODE = '53100'; END IF; RETURN new; END $$;
            CREATE TRIGGER late BEFORE INSERT ON monitoring.flushed_segments FOR EACH ROW EXECUTE FUNCTION late()
            """);
        await Assert.ThrowsAsync<PostgresException>(() => db.WriteAsync("rpc", segments));
        await db.AssertEmptyAsync();

        await db.RunAsync("DROP TRIGGER late ON monitoring.flushed_segments");
        Assert.Equal(segments.Select(segment => new SegmentOutcome(segment.Header.Id, false, 3000, 0, 0, 0)), await db.WriteAsync("rpc", segments));
        Assert.Equal(12_000, await db.CountAsync("monitoring.events"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task While_one_writes_another_is_told_so(string holder, string other)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(77); RETURN new; END $$;
            CREATE TRIGGER wait BEFORE INSERT ON monitoring.flushed_segments FOR EACH ROW EXECUTE FUNCTION wait()
            """);
        await using var gate = await db.Server.Source.OpenConnectionAsync(PathDatabase.Token);
        await using (var shut = new NpgsqlCommand("SELECT pg_advisory_lock(77)", gate))
            await shut.ExecuteNonQueryAsync(PathDatabase.Token);
        var segment = db.Segment(db.Event());
        var writing = db.WriteAsync(holder, segment);
        await Eventually.TrueAsync(async () => await db.CountAsync("pg_locks WHERE locktype = 'advisory' AND NOT granted") == 1, "the writer waits");

        await Assert.ThrowsAsync<FlushInProgressException>(() => db.WriteAsync(other, segment));
        await using (var open = new NpgsqlCommand("SELECT pg_advisory_unlock(77)", gate))
            await open.ExecuteNonQueryAsync(PathDatabase.Token);

        Assert.Equal(1, (await writing.WaitAsync(Eventually.Bound))[0].Stored);
        Assert.True((await db.WriteAsync(other, segment))[0].AlreadyFlushed);
    }
}
