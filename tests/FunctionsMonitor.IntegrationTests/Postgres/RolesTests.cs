using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>What each role of <c>roles.sql</c> can do, and that it can do no more.</summary>
public sealed class RolesTests(PostgresFixture postgres)
{
    private static readonly CancellationToken Token = MetricsStoreBench.Token;

    [Theory]
    [InlineData("rpc")]
    [InlineData("direct")]
    [InlineData("view")]
    public async Task The_applications_role_does_everything_by_every_path(string path)
    {
        await using var db = await CreateAsync("monitoring_ingest", path);
        var s = db.Segments;
        var item = s.Event();
        await db.Store.PrepareAsync(Token);
        var first = s.Next(item, s.Event(offset: TimeSpan.FromDays(-9)));
        Assert.Equal(2, Assert.Single(await db.WriteAsync(first)).Stored);
        // By way of a temporary table, on the direct path.
        var again = Assert.Single(await db.WriteAsync(s.Next(item, item with { Data = "1"u8.ToArray() })));
        Assert.Equal((0, 1, 1), (again.Stored, again.Duplicates, again.Dead));

        Assert.Contains(first.Header.Id, await db.Store.FindFlushedAsync([first.Header.Id], Token));
        await db.Store.MarkDeletedAsync([first.Header.Id], MetricsStoreBench.Now.AddDays(-8), Token);
        Assert.Single(await db.Store.ListNotDeletedAsync(9, Token));
        Assert.Equal(1, await db.Store.CountDeadLettersAsync(Token));
        var letter = Assert.Single(await db.DeadLetters.ListAsync(new(), null, 9, Token));
        Assert.True(await db.DeadLetters.MarkReplayedAsync(letter.Id, MetricsStoreBench.Now, Token));
        Assert.True(await db.DeadLetters.DeleteAsync(letter.Id, Token));
        var week = MetricsStoreBench.Now.AddDays(-7);
        Assert.Equal(new RetentionReport(1, 0, 1, 0), await db.Store.ApplyRetentionAsync(new(week, week, week, week), Token));
        Assert.Single(await db.Queries.ListEventsAsync(new() { Limit = 9 }, Token));
        Assert.Single(await db.Queries.ReadLedgerAsync(Token));
    }

    [Theory]
    [InlineData("DELETE FROM monitoring.events")]
    [InlineData("UPDATE monitoring.events SET source = 'x'")]
    [InlineData("TRUNCATE monitoring.events")]
    [InlineData("DELETE FROM monitoring.flushed_segments")]
    [InlineData("UPDATE monitoring.flushed_segments SET stored = 0")]
    [InlineData("DELETE FROM monitoring.ledger_totals")]
    [InlineData("UPDATE monitoring.dead_letters SET reason = 'x'")]
    [InlineData("DELETE FROM monitoring.flushes")]
    [InlineData("DELETE FROM monitoring.schema_versions")]
    [InlineData("SELECT monitoring.fold_segments('infinity')")]
    [InlineData("CREATE TABLE monitoring.mine (i integer)")]
    [InlineData("CREATE TABLE public.mine (i integer)")]
    public async Task The_applications_role_takes_nothing_away(string sql)
    {
        await using var db = await CreateAsync("monitoring_ingest");
        await AssertForbiddenAsync(db, sql);
    }

    [Theory]
    [InlineData("SELECT monitoring.drop_partitions('infinity')")]
    [InlineData("SELECT monitoring.drop_partitions(now() - interval '22 hours')")]
    [InlineData("SELECT monitoring.apply_retention('infinity', '-infinity', '-infinity')")]
    [InlineData("SELECT monitoring.apply_retention('-infinity', 'infinity', '-infinity')")]
    [InlineData("SELECT monitoring.apply_retention('-infinity', NULL, now())")]
    public async Task Not_even_by_the_retention_does_the_applications_role_take_away_what_is_young(string sql)
    {
        await using var db = await CreateAsync("monitoring_ingest");
        await db.Store.PrepareAsync(Token);
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        var exception = await Assert.ThrowsAsync<PostgresException>(() => db.Database.RunAsync(sql, db.Source));
        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, exception.SqlState);
        Assert.Equal((1L, 1L), (await db.CountAsync("events"), await db.CountAsync("flushed_segments")));
        await db.Database.RunAsync("SELECT monitoring.drop_partitions(now() - interval '1 day')", db.Source);
    }

    [Fact]
    public async Task A_function_that_somebody_made_in_public_takes_no_catalog_functions_place()
    {
        await using var db = await CreateAsync("monitoring_ingest", "direct");
        // For an untyped literal it is the better match of the two.
        await db.Database.RunAsync(
            "CREATE FUNCTION public.convert_to(text, text) RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$");
        var item = db.Segments.Event();
        await db.WriteAsync(db.Segments.Next(item));
        Assert.Equal(1, Assert.Single(await db.WriteAsync(db.Segments.Next(item with { Data = "1"u8.ToArray() }))).Dead);
    }

    [Fact]
    public async Task A_role_that_has_only_the_view_flushes_by_it_and_everything_else_is_left_to_others()
    {
        await using var db = await CreateAsync("monitoring_view", "view");
        await db.Store.PrepareAsync(Token);
        var segment = db.Segments.Next(db.Segments.Event(), db.Segments.Event(offset: TimeSpan.FromDays(-5)));
        Assert.Equal(2, Assert.Single(await db.WriteAsync(segment)).Stored);
        Assert.True(Assert.Single(await db.WriteAsync(segment)).AlreadyFlushed);

        Assert.Empty(await db.Store.FindFlushedAsync([segment.Header.Id], Token));
        await db.Store.MarkDeletedAsync([segment.Header.Id], MetricsStoreBench.Now, Token);
        Assert.Empty(await db.Store.ListNotDeletedAsync(9, Token));
        Assert.Equal(0, await db.Store.CountDeadLettersAsync(Token));
        var week = MetricsStoreBench.Now.AddDays(-7);
        Assert.Equal(new RetentionReport(0, 0, 0, 0), await db.Store.ApplyRetentionAsync(new(week, week, week, week), Token));
        Assert.Equal(2, await db.CountAsync("events"));

        var rpc = new PostgresRpcPath(db.Source, TimeProvider.System);
        var direct = new PostgresDirectPath(db.Source, TimeProvider.System);
        foreach (var path in new IWritePath[] { rpc, direct })
        {
            var exception = await Assert.ThrowsAsync<PostgresException>(() => path.WriteAsync(MetricsStoreBench.Batch(db.Segments.Next(db.Segments.Event())), Token).AsTask());
            Assert.Equal(ErrorKind.Path, db.Store.Classify(exception));
        }
    }

    [Theory]
    [InlineData("SELECT 1 FROM monitoring.events")]
    [InlineData("SELECT 1 FROM monitoring.flushed_segments")]
    [InlineData("SELECT monitoring.ensure_partitions('{2026-01-01}')")]
    [InlineData("SELECT monitoring.drop_partitions(now())")]
    [InlineData("CREATE TABLE public.mine (i integer)")]
    public async Task A_role_that_has_only_the_view_has_nothing_else(string sql)
    {
        await using var db = await CreateAsync("monitoring_view");
        await AssertForbiddenAsync(db, sql);
    }

    [Theory]
    [InlineData("SELECT monitoring.drop_partitions(now())")]
    [InlineData("SELECT monitoring.apply_retention(now(), now(), now())")]
    [InlineData("INSERT INTO monitoring.flushes VALUES (gen_random_uuid(), now(), '{}')")]
    [InlineData("INSERT INTO public.monitoring_events_insert (trial) VALUES (true)")]
    public async Task A_role_that_reads_reads_everything_and_writes_nothing(string sql)
    {
        await using var db = await CreateAsync("monitoring_read");
        Assert.Empty(await db.Queries.ListEventsAsync(new() { Limit = 9 }, Token));
        Assert.Empty(await db.Queries.ReadLedgerAsync(Token));
        Assert.Empty(await db.DeadLetters.ListAsync(new(), null, 9, Token));
        await db.Queries.PingAsync(Token);
        await db.Database.RunAsync("SELECT * FROM monitoring.events_last_24_hours; SELECT * FROM monitoring.event_types", db.Source);
        await AssertForbiddenAsync(db, sql);
    }

    private static async Task AssertForbiddenAsync(PostgresBench db, string sql)
    {
        var exception = await Assert.ThrowsAsync<PostgresException>(() => db.Database.RunAsync(sql, db.Source));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, exception.SqlState);
    }

    private Task<PostgresBench> CreateAsync(string role, string path = "rpc") => PostgresBench.CreateAsync(
        postgres,
        source => Ways.Open(path, source),
        database => Roles.SignInAsMemberAsync(database, role));
}
