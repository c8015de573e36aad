using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.WritePaths;

/// <summary>Who gives up a write must not leave the server at it: the backend would hold the flushers' lock.</summary>
public sealed class CancellationTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("rpc")]
    [InlineData("direct")]
    [InlineData("view")]
    public async Task A_write_that_is_given_up_ends_on_the_server_too_and_keeps_nothing(string path)
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN new; END $$;
            CREATE TRIGGER slow BEFORE INSERT ON monitoring.events FOR EACH ROW EXECUTE FUNCTION slow()
            """);
        const string Sleeping = "pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
        using var stop = new CancellationTokenSource();
        var segment = db.Segment(db.Events(3));
        var write = db.Path(path).WriteAsync(PathDatabase.Batch(segment), stop.Token).AsTask();
        await Eventually.TrueAsync(async () => await db.CountAsync(Sleeping) == 1, "the server is at it");
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(Eventually.Bound));
        await Eventually.TrueAsync(async () => await db.CountAsync(Sleeping) == 0, "the server has let go");
        await db.RunAsync("DROP TRIGGER slow ON monitoring.events");
        await db.AssertEmptyAsync();
        Assert.Equal(3, (await db.WriteAsync(path, segment))[0].Stored);
    }

    [Fact]
    public async Task A_pool_that_is_closed_at_the_same_time_does_not_hide_that_the_write_was_given_up()
    {
        await using var db = await PathDatabase.CreateAsync(postgres);
        await db.RunAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN new; END $$;
            CREATE TRIGGER slow BEFORE INSERT ON monitoring.events FOR EACH ROW EXECUTE FUNCTION slow()
            """);
        const string Sleeping = "pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
        await using var source = PostgresConnections.Create(new() { ConnectionString = db.Server.ConnectionString });
        using var stop = new CancellationTokenSource();
        var write = db.Path("direct", source).WriteAsync(PathDatabase.Batch(db.Segment(db.Events(3))), stop.Token).AsTask();
        await Eventually.TrueAsync(async () => await db.CountAsync(Sleeping) == 1, "the server is at it");
        await source.DisposeAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(Eventually.Bound));
        await db.RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'");
    }
}
