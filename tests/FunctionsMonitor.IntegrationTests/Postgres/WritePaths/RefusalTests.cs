using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.WritePaths;

/// <summary>What every way into PostgreSQL does when it is refused: a bad row, a bad table, a server that says no.</summary>
public sealed class RefusalTests(PostgresFixture postgres)
{
    private const string Check = "ALTER TABLE monitoring.events ADD CONSTRAINT no_poison CHECK (source NOT LIKE 'poison%')";
    private const string Unique = "ALTER TABLE monitoring.events_20261124 ADD CONSTRAINT one_poison EXCLUDE (source WITH =) WHERE (source LIKE 'poison%')";

    /// <summary>And nobody makes it.</summary>
    private const string MissingPartition =
        """
        ALTER TABLE monitoring.events DETACH PARTITION monitoring.events_20261124;
        CREATE OR REPLACE FUNCTION monitoring.ensure_partitions(days date[]) RETURNS integer LANGUAGE sql AS 'SELECT 0'
        """;

    private static readonly string Raising = Trigger("BEFORE", "IF new.source LIKE 'poison%' THEN RAISE 'I do not like it'; END IF;");
    private static readonly string Dropping = Trigger("BEFORE", "IF new.source LIKE 'poison%' THEN RETURN NULL; END IF;");
    private static readonly string Casting = Trigger("AFTER", "IF new.source LIKE 'poison%' THEN PERFORM new.source::integer; END IF;");

    private static readonly string Deferred = Trigger(
        "AFTER", "IF new.source LIKE 'poison%' THEN RAISE 'too late' USING ERRCODE = '23001'; END IF;", "CONSTRAINT", "DEFERRABLE INITIALLY DEFERRED");

    public static TheoryData<string> Paths { get; } = [.. Ways.Names];

    public static TheoryData<string, string, string, string> Poisons { get; } = new(
        from path in Ways.Names
        from poison in ((string, string, string)[])
        [
            (Check, "23514 no_poison", "violates check constraint"), (Raising, "P0001", "I do not like it"), (Dropping, "ignored", "without an error"),
            (Casting, "22P02", "invalid input syntax"), (Deferred, "23001", "too late"),
        ]
        select (path, poison.Item1, poison.Item2, poison.Item3));

    public static TheoryData<string, string> Faults { get; } = new(
        from path in Ways.Names
        from fault in (string[])
        [
            MissingPartition, "DROP TABLE monitoring.events CASCADE",
            "ALTER TABLE monitoring.events ADD COLUMN more text NOT NULL", "ALTER TABLE monitoring.events RENAME COLUMN marks TO flags",
            "ALTER TABLE monitoring.events ADD CONSTRAINT nothing CHECK (source = 'x')",
            Trigger("BEFORE", "RAISE 'closed';"), Trigger("BEFORE", "RETURN NULL;"),
            Trigger("BEFORE", "IF (SELECT count(*) FROM monitoring.events) >= 1 THEN RAISE 'full'; END IF;"),
            "ALTER TABLE monitoring.flushed_segments ADD CONSTRAINT nothing CHECK (number < 0)",
        ]
        select (path, fault));

    [Theory]
    [MemberData(nameof(Poisons))]
    public async Task Exactly_the_refused_rows_are_dead_letters_alone_and_among_ten_thousand(string path, string harm, string reason, string detail)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(harm);
        var alone = Assert.Single(await db.WriteAsync(path, db.Segment(db.Event(source: "poison", data: """{"bad" : true}"""))));
        var events = db.Events(10_000);
        events[7_100] = db.Event(source: "poison 2");
        var among = await db.WriteAsync(path, db.Segment(events[..6_000]), db.Segment([events[0], .. events[6_000..], db.Event(source: "poison 3")]));

        Assert.Equal((0, 1), (alone.Stored, alone.Dead));
        Assert.Equal([(6_000, 0, 0), (3_999, 1, 2)], among.Select(outcome => (outcome.Stored, outcome.Duplicates, outcome.Dead)));
        Assert.Equal(
            [$"{reason} 0 poison", $"{reason} 1101 poison 2", $"{reason} 4001 poison 3"],
            await db.Server.ListAsync<string>(
                "SELECT concat_ws(' ', reason, position, convert_from(source, 'UTF8')) FROM monitoring.dead_letters ORDER BY segment_id, position"));
        Assert.Equal(1, await db.CountAsync("monitoring.dead_letters WHERE convert_from(data, 'UTF8') = '{\"bad\" : true}'"));
        Assert.Contains(detail, await db.TextAsync("SELECT detail FROM monitoring.dead_letters LIMIT 1"), StringComparison.Ordinal);
        Assert.Equal((9_999L, 9_999L), (
            await db.CountAsync("monitoring.events"), await db.Server.ScalarAsync<long>("SELECT sum(total)::bigint FROM monitoring.validation_metrics")));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task NUL_in_type_or_source_is_a_dead_letter_with_its_bytes(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var alone = Assert.Single(await db.WriteAsync(path, db.Segment(db.Event(type: "a\0b"))));
        var events = db.Events(10_000);
        events[5_000] = db.Event(source: "\0", type: "größe", metadata: "[]");
        var among = Assert.Single(await db.WriteAsync(path, db.Segment(events)));

        Assert.Equal((0, 1, 9_999, 1), (alone.Stored, alone.Dead, among.Stored, among.Dead));
        Assert.Equal(["22021 610062 7465737473", "22021 6772c3b6c39f65 00 [] 5000"], await db.Server.ListAsync<string>(
            """
            SELECT concat_ws(' ', reason, encode(event_type, 'hex'), encode(source, 'hex'), convert_from(metadata, 'UTF8'), nullif(position, 0))
            FROM monitoring.dead_letters ORDER BY segment_id
            """));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task What_is_no_JSON_or_no_UTF_8_for_the_server_is_a_dead_letter(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        var outcome = Assert.Single(await db.WriteAsync(path, db.Segment(
            db.Event(), db.Event("\"nul \0 inside\""), db.Event(""), db.Event() with { Type = (byte[])[0x61, 0xFF] }, db.Event(metadata: "{"), db.Event())));

        Assert.Equal((2, 4), (outcome.Stored, outcome.Dead));
        Assert.Equal(["22021", "22P02", "22021", "22P02"], await db.Server.ListAsync<string>("SELECT reason FROM monitoring.dead_letters ORDER BY position"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_row_that_only_another_one_keeps_out_is_found_too(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(Unique);
        var events = db.Events(64);
        (events[3], events[40]) = (db.Event(source: "poison"), db.Event(source: "poison"));
        var outcome = Assert.Single(await db.WriteAsync(path, db.Segment(events)));

        Assert.Equal((63, 1), (outcome.Stored, outcome.Dead));
        Assert.Equal("23P01 one_poison 40", await db.TextAsync("SELECT concat_ws(' ', reason, position) FROM monitoring.dead_letters"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_long_message_is_cut_at_500_characters(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(Trigger("BEFORE", "IF new.source = 'poison' THEN RAISE '%', repeat('x', 2000); END IF;"));
        await db.WriteAsync(path, db.Segment(db.Event(source: "poison")));
        Assert.Equal(500, await db.Server.ScalarAsync<int>("SELECT length(detail) FROM monitoring.dead_letters"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task More_refused_rows_than_there_is_room_for_end_the_search(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(Check);
        var batch = PathDatabase.Batch(db.Segment([.. db.Events(8), .. Enumerable.Range(0, 8).Select(_ => db.Event(source: "poison"))])) with { DeadLetterRoom = 7 };
        await Assert.ThrowsAsync<Flushing.DeadLetterCapException>(() => db.Path(path).WriteAsync(batch, PathDatabase.Token).AsTask());
        await db.AssertEmptyAsync();

        Assert.Equal(8, (await db.Path(path).WriteAsync(batch with { DeadLetterRoom = 8 }, PathDatabase.Token))[0].Dead);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task When_the_table_is_at_fault_nothing_is_dead_lettered_and_nothing_kept(string path, string harm)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(harm);
        var exception = await Assert.ThrowsAnyAsync<Exception>(
            () => db.WriteAsync(path, db.Segment(db.Event(), db.Event(source: "poison"), db.Event()), db.Segment(db.Event())));

        Assert.Equal((ErrorKind.Path, exception.Message), (PostgresErrors.Classify(exception), exception.Message));
        foreach (var table in (string[])["dead_letters", "flushed_segments", "validation_metrics"])
            Assert.Equal(0, await db.CountAsync($"monitoring.{table}"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_server_that_only_reads_is_tried_again_later(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await using var reader = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(db.Server.ConnectionString) { Options = "-c default_transaction_read_only=on" });
        var exception = await Assert.ThrowsAsync<PostgresException>(
            () => db.Path(path, reader).WriteAsync(PathDatabase.Batch(db.Segment(db.Event())), PathDatabase.Token).AsTask());

        Assert.Equal(("25006", ErrorKind.Transient), (exception.SqlState, PostgresErrors.Classify(exception)));
        await db.AssertEmptyAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_full_disk_is_tried_again_later(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(Trigger("BEFORE", "RAISE 'no space left' USING ERRCODE = '53100';"));
        var exception = await Assert.ThrowsAsync<PostgresException>(() => db.WriteAsync(path, db.Segment(db.Event())));

        Assert.Equal(ErrorKind.Transient, PostgresErrors.Classify(exception));
        await db.AssertEmptyAsync();
    }

    private static string Trigger(string when, string body, string constraint = "", string deferred = "") =>
        $"""
        CREATE FUNCTION picky() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN new; END $$;
        CREATE {constraint} TRIGGER picky {when} INSERT ON monitoring.events {deferred} FOR EACH ROW EXECUTE FUNCTION picky()
        """;
}
