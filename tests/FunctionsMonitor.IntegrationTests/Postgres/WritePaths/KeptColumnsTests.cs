using System.Globalization;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.WritePaths;

/// <summary>What every way into PostgreSQL keeps of the events and their segments, column by column.</summary>
public sealed class KeptColumnsTests(PostgresFixture postgres)
{
    public static TheoryData<string> Paths { get; } = [.. Ways.Names];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_column_is_kept(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var item = db.Event("""{"a":1}""", "größe", "kasse-1", marks: EventMarks.Validated | EventMarks.Failed, metadata: "[2]") with
        {
            Issues = """[{"field":"x"}]"""u8.ToArray(),
            ValidationNanoseconds = uint.MaxValue,
            Errors = ushort.MaxValue,
        };
        var segment = db.Segment([item], [], 3, 5);
        Assert.Equal(new SegmentOutcome(segment.Header.Id, false, 1, 0, 0, 0), Assert.Single(await db.WriteAsync(path, segment)));

        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"{item.Timestamp}|{item.Id}|größe|kasse-1|{{\"a\":1}}|[2]|[{{\"field\":\"x\"}}]|{item.ReceivedAt}|3|4294967295|65535|1|{segment.Header.Id}"),
            await db.TextAsync(
                """
                SELECT concat_ws('|',
                    (extract(epoch FROM timestamp) * 1000000)::bigint, event_id, event_type, source, data, metadata, issues,
                    (extract(epoch FROM received_at) * 1000000)::bigint, marks, validation_ns, errors, warnings, segment_id)
                FROM monitoring.events
                """));
        var header = segment.Header;
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"{header.Id}|{header.Incarnation}|1|1|1|{{3,5}}|1|0|0|0|{header.CreatedAt}|{EventTime.ToMicroseconds(PathDatabase.Now)}|7"),
            await db.TextAsync(
                """
                SELECT concat_ws('|',
                    segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired,
                    (extract(epoch FROM created_at) * 1000000)::bigint, (extract(epoch FROM flushed_at) * 1000000)::bigint, substr(flush_id::text, 15, 1),
                    deleted_at)
                FROM monitoring.flushed_segments
                """));
    }

    /// <summary>With a duplicate in the batch the events are written one by one.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Marks_errors_and_warnings_are_kept_whether_the_events_of_a_batch_share_them_or_not(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        const EventMarks Passed = EventMarks.Validated, Failed = EventMarks.Validated | EventMarks.Failed;
        (EventMarks Marks, ushort Errors, ushort Warnings)[][] batches =
        [
            [(Passed, 0, 0)], [(Passed, 0, 0), (Passed, 0, 0)], [(Passed, 0, 2), (Passed, 0, 0)], [(Passed, 0, 0), (Failed, 3, 0)], [(Failed, 7, 8), (Failed, 7, 8)],
            [(Failed, 1, 4), (EventMarks.None, 5, 6), (Failed, 1, 4)],
        ];
        var stored = db.Event();
        await db.WriteAsync(path, db.Segment(stored));
        foreach (var batch in batches)
        {
            foreach (var duplicates in (MonitoringEvent[][])[[], [stored]])
            {
                MonitoringEvent[] events = [.. batch.Select(of => db.Event(marks: of.Marks) with { Errors = of.Errors, Warnings = of.Warnings })];
                await db.WriteAsync(path, db.Segment([.. events, .. duplicates.Select(item => item with { Marks = events[0].Marks, Errors = events[0].Errors, Warnings = events[0].Warnings })]));
                foreach (var item in events)
                {
                    Assert.Equal(
                        string.Create(CultureInfo.InvariantCulture, $"{(int)item.Marks}|{item.Errors}|{item.Warnings}"),
                        await db.TextAsync($"SELECT concat_ws('|', marks, errors, warnings) FROM monitoring.events WHERE event_id = '{item.Id}'"));
                }
            }
        }
    }

    /// <summary>Also with a conflict, an event that has expired and one that the table refuses among them.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Events_keep_the_id_of_their_segment_however_many_it_has_and_whatever_becomes_of_the_others(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var kept = db.Event();
        var other = kept with { Data = null };
        var expired = db.Event(offset: TimeSpan.FromDays(-31));
        foreach (var batch in (MonitoringEvent[][][])
        [
            [db.Events(300), [], db.Events(1), db.Events(250)], [db.Events(2), db.Events(3)], [[.. db.Events(200), kept], db.Events(200)],
            [db.Events(200), [kept, .. db.Events(200)]], [[other, .. db.Events(199)], [.. db.Events(150), other, .. db.Events(100)]],
            [db.Events(200), [expired, .. db.Events(200)]], [[.. db.Events(200), db.Event(type: "a\0b")], db.Events(200)],
        ])
        {
            var segments = batch.Select(events => db.Segment(events)).ToArray();
            var outcomes = await db.WriteAsync(path, segments);
            foreach (var (segment, outcome) in segments.Zip(outcomes))
            {
                Assert.Equal(segment.Header.Count, outcome.Stored + outcome.Duplicates + outcome.Dead + outcome.Expired);
                Assert.Equal(outcome.Stored, await db.CountAsync($"monitoring.events WHERE segment_id = '{segment.Header.Id}'"));
                Assert.Equal(outcome.Dead, await db.CountAsync($"monitoring.dead_letters WHERE segment_id = '{segment.Header.Id}'"));
                foreach (var item in segment)
                {
                    if (item.Id != kept.Id && item.Id != expired.Id && !item.Type.Span.Contains((byte)0))
                        Assert.Equal($"{segment.Header.Id}", await db.TextAsync($"SELECT segment_id::text FROM monitoring.events WHERE event_id = '{item.Id}'"));
                }
            }
        }

        Assert.Equal([0, 150], await db.Server.ListAsync<int>("SELECT position FROM monitoring.dead_letters WHERE reason = 'conflict' ORDER BY segment_id, position"));
    }
}
