using System.Text;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.Faults;

/// <summary>B16 from end to end: what the database refuses is believed to be the events' fault only where it is; then the judgement.</summary>
public sealed class WrongTableTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private PostgresDatabase database = null!;

    /// <summary>What is wrong, and how an operator sets it right; <c>§</c> is the database's name.</summary>
    public static TheoryData<string, string> Faults { get; } = new()
    {
        {
            // No day is there yet, and the function that makes them may not.
            """
            CREATE ROLE §_weak; GRANT USAGE ON SCHEMA monitoring TO §_weak; GRANT EXECUTE ON FUNCTION monitoring.is_partition TO §_weak;
            ALTER FUNCTION monitoring.ensure_partitions OWNER TO §_weak
            """,
            "ALTER FUNCTION monitoring.ensure_partitions OWNER TO CURRENT_USER; DROP OWNED BY §_weak; DROP ROLE §_weak"
        },
        { "ALTER TABLE monitoring.events ADD COLUMN more text NOT NULL", "ALTER TABLE monitoring.events DROP COLUMN more" },
        { "ALTER TABLE monitoring.events ADD CONSTRAINT nothing CHECK (source = 'x')", "ALTER TABLE monitoring.events DROP CONSTRAINT nothing" },
        { "ALTER TABLE monitoring.flushed_segments ADD CONSTRAINT nothing CHECK (number < 0)", "ALTER TABLE monitoring.flushed_segments DROP CONSTRAINT nothing" },
        { "ALTER DATABASE § SET default_transaction_read_only = on", "ALTER DATABASE § RESET default_transaction_read_only" },
    };

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task When_no_event_is_to_blame_nothing_is_dead_lettered_and_nothing_lost(string harm, string repair)
    {
        await RunAsync(harm);
        await using var monitor = new FaultMonitor(folder.Path, database.ConnectionString);
        await monitor.PostAsync(100);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(FlushOutcome.Failed, (await monitor.FlushAsync()).Outcome);
            await monitor.PostAsync(100);
        }

        var during = await monitor.LedgerAsync();
        Assert.Equal((300, 0, 0, true), (during.Pending, during.Stored, during.DeadLettered, during.Balanced));
        Assert.Empty(await monitor.DeadLettersAsync());

        await RunAsync(repair);
        var ledger = await monitor.JudgeAsync();
        Assert.Equal((300, 0), (ledger.Stored, ledger.DeadLettered));
    }

    [Fact]
    public async Task Rows_that_are_refused_alone_and_inside_ten_thousand_good_ones_are_exactly_the_dead_letters()
    {
        await RunAsync("ALTER TABLE monitoring.events ADD CONSTRAINT no_poison CHECK (source NOT LIKE 'poison%')");
        await using var monitor = new FaultMonitor(folder.Path, database.ConnectionString);
        var refused = new List<Guid> { await monitor.PostRefusedAsync("poison alone") };
        Assert.Equal((0L, 1L), await FlushAsync());
        for (var i = 0; i < 20; i++)
        {
            await monitor.PostAsync(500);
            if (i % 10 == 5)
                refused.Add(await monitor.PostRefusedAsync("poison among others"));
        }

        Assert.Equal((10_000L, 2L), await FlushAsync());
        var letters = await monitor.DeadLettersAsync();
        Assert.Equal(refused.Order(), letters.Select(letter => letter.Event.Key.Id).Order());
        Assert.All(letters, letter => Assert.Equal("23514 no_poison", letter.Reason));
        Assert.All(letters, letter => Assert.StartsWith("{ \"n\" : 0 , \"n\" : 1.50e+2,", Encoding.UTF8.GetString(letter.Event.Data!.Value.Span), StringComparison.Ordinal));
        var ledger = await monitor.JudgeAsync();
        Assert.Equal((10_000, 3), (ledger.Stored, ledger.DeadLettered));

        async Task<(long Stored, long Dead)> FlushAsync()
        {
            var report = await monitor.FlushAsync();
            Assert.Equal(FlushOutcome.Completed, report.Outcome);
            return (report.Stored, report.Dead);
        }
    }

    /// <summary>What concerns a whole database is not done from inside it: it may be read-only.</summary>
    private async Task RunAsync(string sql)
    {
        var text = sql.Replace("§", database.Name, StringComparison.Ordinal);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Pooling = false,
            Database = text.StartsWith("ALTER DATABASE", StringComparison.Ordinal) ? "postgres" : database.Name,
        });
        await database.RunAsync(text, source);
    }
}
