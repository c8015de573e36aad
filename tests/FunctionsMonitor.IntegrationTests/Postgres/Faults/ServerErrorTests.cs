using System.Globalization;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.Faults;

/// <summary>A server that answers, with an error for which no event is to blame; then the judgement.</summary>
public sealed class ServerErrorTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private PostgresDatabase database = null!;

    public static TheoryData<string> Paths => FaultMonitor.Paths;

    public static TheoryData<string, string> Errors { get; } = new(
        from path in Ways.Names from state in (string[])["40001", "40P01", "53100", "53200", "57014"] select (path, state));

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Twice_and_the_third_time_passes(string path, string state)
    {
        await FailAsync($"IF nextval('public.attempts') <= 2 THEN RAISE 'not now' USING ERRCODE = '{state}'; END IF;");
        await using var monitor = Start(path);
        await monitor.PostAsync(20);
        await monitor.PostAsync(20);
        var report = await monitor.FlushAsync();

        Assert.Equal((FlushOutcome.Completed, 40L, 2), (report.Outcome, report.Stored, report.Retries));
        await monitor.JudgeAsync();
    }

    /// <summary>Also what is written after the events: nothing of the transaction may stay.</summary>
    [Theory]
    [InlineData("events")]
    [InlineData("validation_metrics")]
    [InlineData("flushed_segments")]
    [InlineData("dead_letters")]
    public async Task The_disk_is_full_until_somebody_makes_room(string table)
    {
        await database.RunAsync("ALTER TABLE monitoring.events ADD CONSTRAINT no_poison CHECK (source <> 'poison')");
        await FailAsync("RAISE 'could not extend file' USING ERRCODE = '53100';", table);
        await using var monitor = Start();
        await monitor.PostAsync(20);
        await monitor.PostRefusedAsync("poison");
        for (var i = 0; i < 3; i++)
            Assert.Equal(FlushOutcome.Failed, (await monitor.FlushAsync()).Outcome);
        await monitor.PostAsync();
        Assert.Empty(await database.ListAsync<Guid>("SELECT event_id FROM monitoring.events UNION ALL SELECT event_id FROM monitoring.dead_letters"));

        await database.RunAsync($"DROP TRIGGER failing ON monitoring.{table}");
        var ledger = await monitor.JudgeAsync();
        Assert.Equal((21, 1), (ledger.Stored, ledger.DeadLettered));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_statement_takes_longer_than_the_server_allows(string path)
    {
        await FailAsync("IF nextval('public.attempts') = 1 THEN PERFORM pg_sleep(600); END IF;");
        await using var monitor = Start(path, ("Postgres:StatementTimeout", "00:00:01"));
        await monitor.PostAsync(20);
        var report = await monitor.FlushAsync();

        Assert.Equal((FlushOutcome.Completed, 20L, 1), (report.Outcome, report.Stored, report.Retries));
        await monitor.JudgeAsync();
    }

    [Fact]
    public async Task Somebody_locks_the_table_for_longer_than_a_statement_waits()
    {
        await using var monitor = Start(settings: ("Postgres:LockTimeout", "00:00:00.200"));
        await monitor.PostAsync(20);
        await monitor.FlushAsync();
        await using (var other = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await ExecuteAsync(other, "LOCK TABLE monitoring.events IN ACCESS EXCLUSIVE MODE");
            await monitor.PostAsync(20);
            var report = await monitor.FlushAsync();
            Assert.Equal(FlushOutcome.Failed, report.Outcome);
            Assert.Contains("55P03", string.Join(' ', report.Notes), StringComparison.Ordinal);
        }

        await monitor.JudgeAsync();
    }

    /// <summary>The server picks whoever looks first; here that is the flush.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_real_deadlock_ends_the_flush_s_transaction_and_it_is_tried_again(string path)
    {
        await FailAsync("PERFORM pg_advisory_xact_lock(1); PERFORM pg_advisory_xact_lock(2);");
        await using var other = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(other, "SET deadlock_timeout = '60s'; BEGIN; SELECT pg_advisory_xact_lock(2)");
        await using var monitor = new FaultMonitor(
            folder.Path, new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = "-c deadlock_timeout=1500ms" }.ConnectionString, path);
        await monitor.PostAsync(20);
        var flush = monitor.FlushAsync();
        await Eventually.TrueAsync(async () => await WaitingAsync() == 1, "the flush waits for the other one");
        await ExecuteAsync(other, "SELECT pg_advisory_xact_lock(1); COMMIT");

        var report = await flush;
        Assert.Equal((FlushOutcome.Completed, 20L, 1), (report.Outcome, report.Stored, report.Retries));
        await monitor.JudgeAsync();
    }

    /// <summary>B17: one segment for which no time is enough must not keep any other one out, in whatever transaction it is.</summary>
    [Theory]
    [InlineData("rpc")]
    [InlineData("direct")]
    public async Task A_segment_that_always_times_out_is_passed_over_and_named_and_the_others_are_stored(string path)
    {
        await database.RunAsync(
            """
            CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN new; END $$;
            CREATE TRIGGER slow BEFORE INSERT ON monitoring.events FOR EACH ROW WHEN (new.source = 'slow') EXECUTE FUNCTION public.slow()
            """);
        await using var monitor = Start(path, ("Flags:MONITORING_TIMEOUT_MS", "1000"), ("Flush:TimeBudget", "00:00:06"), ("Resilience:metrics-store:MaxAttempts", "1"));
        await monitor.PostAsync(10);
        var slow = await monitor.PostAsync(10, "slow");
        await monitor.PostAsync(10);
        var report = await monitor.FlushAsync();

        Assert.Equal((FlushOutcome.Partial, 20L, 1), (report.Outcome, report.Stored, report.PassedOver));
        Assert.Contains(report.Notes, note => note.Contains("with 10 events was passed over", StringComparison.Ordinal));
        Assert.Equal(0, await database.ScalarAsync<long>($"SELECT count(*) FROM monitoring.events WHERE event_id = '{slow}'"));
        var ledger = await monitor.LedgerAsync();
        Assert.Equal((10, 0, true), (ledger.Pending, ledger.DeadLettered, ledger.Balanced));

        await database.RunAsync("DROP TRIGGER slow ON monitoring.events");
        await monitor.JudgeAsync();
    }

    /// <summary>Before every statement that inserts there, COPY too. A sequence counts also what is rolled back.</summary>
    private Task FailAsync(string body, string table = "events") => database.RunAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        CREATE SEQUENCE public.attempts;
        CREATE FUNCTION public.failing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$;
        CREATE TRIGGER failing BEFORE INSERT ON monitoring.{table} FOR EACH STATEMENT EXECUTE FUNCTION public.failing()
        """));

    private FaultMonitor Start(string? path = null, params IReadOnlyList<(string Key, string Value)> settings) =>
        new(folder.Path, database.ConnectionString, path, settings);

    private Task<long> WaitingAsync() => database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
